/*
 * Bench: halting a process that is loaded on another hart, for a machine whose
 * every instruction is traced (op_halt(), op_done()).
 */
#include "thread.h"

#define ROUNDS 40
#define NAP (3 * TICKS_PER_US) /* until the other hart has it */

static u64 steps;

static __attribute__((noinline)) void op_done(void)
{
	asm volatile("");
}

static void walk(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	for (;;)
		add(&steps, 1);
}

static __attribute__((noinline)) void op_halt(void)
{
	call4(CAP_A, PROC_STOP, 0, 0, 0);
}

static void halt(void)
{
	u64 before = load(&steps);
	thread_restart(CAP_A, 0, walk);
	thread_send(CAP_A, 0, 0, 0, 0);
	while (load(&steps) == before)
		time_wait_until(time_now() + NAP);
	op_halt();
	op_done();
}

int main(void)
{
	if (__builtin_setjmp(test.back))
		test_end(100);
	thread_new(walk, MAIN_PRIORITY, CAP_A);
	for (unsigned i = 0; i < ROUNDS; i++)
		halt();
	test_end(0);
}
