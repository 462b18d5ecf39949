/*
 * Lab 6: a checkpoint is taken while somebody waits in every way there is: for
 * a busy server and behind a promise, for the time, an interrupt, a checkpoint,
 * an answer; as junk; with an empty meter; and who is worried about.
 *
 * Then the power is cut.  The grader (grade/lab06) starts the machine again:
 * who waited is there again.
 */
#include <checkpoint.h>

#include "memory.h"

#define CAP_CKPT CAP_D
#define LOW (MAIN_PRIORITY - 2)
#define FAR (1000000 * TICKS_PER_S)

static u64 answers, server, first, second;

static struct ckpt_status status(void)
{
	struct ckpt_status s;
	CHECK_OK(kit(KIT_CHECKPOINT, CAP_CKPT));
	CHECK_OK(ckpt_status(CAP_CKPT, &s));
	return s;
}

/* Busy for as many ticks as each message says. */
static void serve(u64 w0, u64 ticks, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, ticks, w2, w3 }, .resume = CAP_E };
	for (;;) {
		if (m.w[1])
			time_wait_until(time_now() + m.w[1]);
		message_reply_wait(CAP_E, &m);
	}
}

static void caller(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	call4(CAP_A, 0, 0, 0, 0);
	add(&answers, 1);
	thread_rest();
}

static void sleeper(u64 when, u64 w1, u64 w2, u64 w3)
{
	(void)w1, (void)w2, (void)w3;
	time_wait_until(when);
	thread_rest();
}

static void driver(u64 w0, u64 w1, u64 w2, u64 w3)
{
	bool restarted;
	(void)w0, (void)w1, (void)w2, (void)w3;
	for (;;)
		irq_wait(CAP_A, &restarted);
}

static void waiter(u64 generation, u64 w1, u64 w2, u64 w3)
{
	u64 newest;
	(void)w1, (void)w2, (void)w3;
	ckpt_await(CAP_A, generation, &newest);
	thread_rest();
}

/* A helper with one of the test's capabilities in a register of its own. */
static u64 helper(void (*function)(u64, u64, u64, u64), unsigned priority,
		  unsigned reg, unsigned cap, u64 w0)
{
	u64 thread = thread_new(function, priority, CAP_A);
	CHECK_OK(process_set_cap(CAP_A, reg, cap));
	thread_send(CAP_A, w0, 0, 0, 0);
	return thread;
}

static void make_those_who_wait(void)
{
	CHECK_OK(kit(KIT_WAIT, CAP_B));
	u64 t = helper(sleeper, LOW, CAP_WAIT, CAP_B, time_now() + FAR);
	AWAIT(is_stalled_on(t, "wait 1"));
	CHECK_OK(kit(KIT_IRQ, CAP_B));
	helper(driver, LOW, CAP_A, CAP_B, 0);
	CHECK_OK(kit(KIT_CHECKPOINT, CAP_B));
	t = helper(waiter, LOW, CAP_A, CAP_B, status().generation + 1000);
	AWAIT(is_stalled_on(t, "checkpoint"));
	t = thread_new(thread_rest_now, LOW, CAP_A);
	CHECK_OK(process_set_slot(CAP_A, PS_SCHEDULE, 0));
	CHECK_OK(process_set_slot(CAP_A, PS_KEEPER, 0));
	thread_send(CAP_A, 0, 0, 0, 0);
	AWAIT(is_stalled_on(t, "junk"));
	node_new(SPAN_MIN, CAP_B);
	CHECK_OK(node_set_number(CAP_B, METER_TICKS, 0));
	CHECK_OK(node_meter(CAP_B, CAP_B));
	t = thread_new(thread_rest_now, LOW, CAP_A);
	CHECK_OK(process_set_slot(CAP_A, PS_METER, CAP_B));
	thread_send(CAP_A, 0, 0, 0, 0);
	AWAIT(is_stalled_on(t, "junk"));
}

/* A server whose first caller was woken and does not come; and one behind. */
static void make_who_is_worried_about(void)
{
	server = thread_new(serve, MAIN_PRIORITY + 1, CAP_C);
	CHECK_OK(kit(KIT_WAIT, CAP_B));
	CHECK_OK(process_set_cap(CAP_C, CAP_WAIT, CAP_B));
	thread_send(CAP_C, 0, 50 * TICKS_PER_MS, 0, 0);
	CHECK_OK(process_make_start(CAP_C, 0, CAP_C));
	first = helper(caller, LOW, CAP_A, CAP_C, 0);
	AWAIT(is_stalled_on(first, "t5"));
	second = helper(caller, LOW, CAP_A, CAP_C, 0);
	AWAIT(is_stalled_on(second, "t5"));
}

/* From here to the snapshot nobody of a low priority runs. */
static void a_snapshot_of_all_who_wait(void)
{
	u64 generation;
	make_those_who_wait();
	make_who_is_worried_about();
	CHECK_EQ(server, 5);
	while (!is_stalled_on(server, "worry"))
		;
	u64 now = time_now();
	u32 epoch = status().epoch;
	CHECK_OK(ckpt_begin(CAP_CKPT, &generation));
	while (status().taken < now)
		;
	CHECK_EQ(load(&answers), 0);
	CHECK_OK(ckpt_await(CAP_CKPT, generation, &generation));
	AWAIT(load(&answers) == 2);
	if (status().epoch == epoch) /* the power is cut; below, it is back */
		ckpt_crash(CAP_CKPT, CRASH_NOW, 0);
	/* All were made ready, and have to come back to where they were. */
	AWAIT(is_stalled_on(0, "wait 1"));
	AWAIT(is_stalled_on(2, "checkpoint"));
	AWAIT(is_stalled_on(3, "junk"));
	AWAIT(is_stalled_on(4, "junk"));
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a snapshot of all who wait", a_snapshot_of_all_who_wait },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
