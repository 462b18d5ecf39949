/*
 * Lab 4: what stalling and waking cost with so many others stalled already.
 * Counted in instructions, on a hart that does nothing else; the least of
 * several tries, so that the timer does not matter.
 */
#include "lab04user.h"

#define OTHERS_MAX 1000
#define STACK 384
#define TRIES 4
#define BELOW (MAIN_PRIORITY - 2)
#define ABOVE (MAIN_PRIORITY + 1)
#define LONG (1000 * TICKS_PER_S)

/* Thread 0 is the server, 1 the one that is measured. */
#define FIRST_OTHER 2

static char stacks[OTHERS_MAX][STACK] __attribute__((aligned(16)));
static u64 began, told;

/* Stalls, and once the server is gone learns that. */
static void wait_for_server(u64 w0, u64 w1, u64 w2, u64 w3)
{
	if (call4(CAP_C, w0, w1, w2, w3).w0 == RC_VOID)
		add(&told, 1);
	thread_rest();
}

/* One of the many: a process of the test's space, with less of a stack. */
static void other_new(u64 number)
{
	struct proc_regs regs = { .pc = (u64)wait_for_server };
	regs.x[2] = (u64)&stacks[number + 1];
	CHECK_OK(range_make(CAP_PROCESSES, FIRST_OTHER + number, CAP_A));
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_A, PS_SPACE, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_A, PS_SCHEDULE, CAP_D));
	CHECK_OK(process_set_cap(CAP_A, CAP_C, CAP_B));
	CHECK_OK(process_set_regs(CAP_A, &regs));
	thread_send(CAP_A, 0, 0, 0, 0);
}

/* Whatever it did, it waits now for an answer that nobody gives. */
static void stop(u64 thread)
{
	find_thread(thread, CAP_A);
	CHECK_OK(process_stop(CAP_A, CAP_TMP));
}

static void call_now(u64 w0, u64 w1, u64 w2, u64 w3)
{
	began = cycle_now();
	call4(CAP_C, w0, w1, w2, w3);
	thread_rest();
}

/* From its call to the test, which goes on when it has stalled. */
static u64 measure_stall(void)
{
	u64 least = ~0ul;
	for (unsigned i = 0; i < TRIES; i++) {
		find_thread(1, CAP_A);
		thread_restart(CAP_A, 1, call_now);
		CHECK_OK(process_make_start(CAP_A, 0, CAP_A));
		struct message m = { 0 };
		message_send(CAP_A, &m);
		least = MIN(least, cycle_now() - began);
		find_thread(1, CAP_A);
		CHECK_OK(process_stop(CAP_A, CAP_TMP));
	}
	return least;
}

/* Making the server available wakes one of the others, and the rest is left
   to the worrier.  It calls again, and stalls again. */
static u64 measure_wake(void)
{
	u64 least = ~0ul;
	for (unsigned i = 0; i < TRIES; i++) {
		find_thread(0, CAP_A);
		u64 start = cycle_now();
		CHECK_OK(call4(CAP_A, PROC_AVAILABLE, 0, 0, 0).w0);
		least = MIN(least, cycle_now() - start);
		stop(0);
		pause();
		find_thread(0, CAP_A);
	}
	return least;
}

static u64 stalled;

static void with_others(u64 others, volatile u64 figure[2])
{
	while (stalled < others) {
		other_new(stalled++);
		if (stalled % 20 == 0)
			pause();
	}
	pause();
	figure[0] = measure_stall();
	figure[1] = measure_wake();
	printf("# with %lu stalled: a stall takes %lu instructions, a wakeup "
	       "%lu\n",
	       others, figure[0], figure[1]);
}

/* With one there is nobody left to worry about once it is woken: that figure
   is for comparison. */
static void the_cost_is_flat(void)
{
	static const u64 others[] = { 1, 2, 10, 100, OTHERS_MAX };
	server_new(BELOW, CAP_B);
	client_new(call_now, ABOVE, CAP_B, CAP_A);
	stop(0);
	CHECK_OK(schedule_make(BELOW, 0, CAP_D));
	for (unsigned i = 0; i < ARRAY_SIZE(others); i++)
		with_others(others[i], &ledger->figure[2 * i]);
	CHECK_OK(range_destroy(CAP_PROCESSES, 0));
	AWAIT(load(&told) == OTHERS_MAX);
	ledger->figure[2 * ARRAY_SIZE(others)] = load(&told);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "the cost is flat", the_cost_is_flat },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
