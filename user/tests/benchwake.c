/*
 * Bench: a stall and a wakeup, with a crowd that waits.  Processes call one
 * server over and over, one more than are to be stalled.  In each round the
 * server answers one, which calls again and stalls behind all others; and it
 * becomes available, which wakes the first of them.  The callers' priority is
 * higher, or the server and one of them would do with the hart what they like
 * until the end of a quantum, and the others not even come to stall.
 */
#include "thread.h"

#define ROUNDS 10000

/* In which register a caller has the control word of its call: one that an
   invocation leaves alone. */
#define REG_CONTROL 8

static __attribute__((naked)) void caller(void)
{
	asm volatile("1:	mv a7, s0\n"
		     "	li a5, 0\n"
		     "	li t0, 0\n"
		     "	ecall\n"
		     "	j 1b");
}

static u64 cycle_now(void)
{
	u64 cycle;
	asm volatile("rdcycle %0" : "=r"(cycle));
	return cycle;
}

/* A: space, B: schedule.  Its number is the badge of its calls. */
static void make_caller(u64 i)
{
	struct proc_regs regs = { .pc = (u64)caller };
	regs.x[REG_CONTROL] = CTL_OP(OP_CALL) | CTL_TARGET(CAP_C);
	CHECK_OK(process_make_start(CAP_SELF, (u16)i, CAP_C));
	CHECK_OK(range_make(CAP_PROCESSES, i, CAP_D));
	CHECK_OK(process_set_slot(CAP_D, PS_SPACE, CAP_A));
	CHECK_OK(process_set_slot(CAP_D, PS_SCHEDULE, CAP_B));
	CHECK_OK(process_set_cap(CAP_D, CAP_C, CAP_C));
	CHECK_OK(process_set_regs(CAP_D, &regs));
	thread_send(CAP_D, 0, 0, 0, 0);
}

static u64 serve(u64 rounds)
{
	struct words w = { 0 };
	u64 badge, start = cycle_now();
	for (u64 i = 0; i < rounds; i++)
		w = reply_wait4(CAP_E, w, CAP_E, &badge);
	return cycle_now() - start;
}

/* Each in its turn: else they were not all stalled. */
static void check_turns(u64 others)
{
	struct words w = { 0 };
	u64 badge, last;
	w = reply_wait4(CAP_E, w, CAP_E, &last);
	for (u64 i = 0; i <= others; i++) {
		w = reply_wait4(CAP_E, w, CAP_E, &badge);
		CHECK_EQ(badge, (last + 1) % (others + 1));
		last = badge;
	}
}

int main(void)
{
	kit(KIT_SEED, CAP_A);
	u64 others = call4(CAP_A, NUMBER_READ, 0, 0, 0).w1;
	if (__builtin_setjmp(test.back))
		test_end(100);
	CHECK_OK(kit(KIT_SPACE, CAP_A));
	CHECK_OK(schedule_make(MAIN_PRIORITY + 1, QUANTUM_MAX, CAP_B));
	for (u64 i = 0; i <= others; i++)
		make_caller(i);
	serve(2 * others + 10); /* until all have stalled */
	u64 cycles = serve(ROUNDS);
	check_turns(others);
	printf("stall.wake.%lu %lu.%lu\n", others, cycles / ROUNDS,
	       cycles * 10 / ROUNDS % 10);
	test_end(0);
}
