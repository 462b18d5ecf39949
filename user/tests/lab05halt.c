/*
 * Lab 5: a process is halted wherever it is: in user mode, in the kernel, on no
 * hart, on its way from one to another.  What is read of it is true at one
 * moment, what is written is there when it goes on.
 */
#include "lab05user.h"

#define ROUNDS 12
#define FILLERS 3
#define HELD (50 * TICKS_PER_US)

static u64 steps[THREADS_MAX];

/*
 * Counts in register 8, then in memory, then in register 9: so wherever it is
 * halted the two registers differ by one at most.
 */
static void count_steps(u64 me, u64 from, u64 w2, u64 w3)
{
	(void)w2, (void)w3;
	asm volatile("mv s0, %1\n"
		     "	mv s1, %1\n"
		     "1:	addi s0, s0, 1\n"
		     "	sd s0, 0(%0)\n"
		     "	mv s1, s0\n"
		     "	j 1b\n" ::"r"(&steps[me]),
		     "r"(from)
		     : "s1", "memory");
}

/* The process in A, halted so often while it counts. */
static void halt_and_look(u64 me, u64 times)
{
	struct proc_regs regs;
	for (u64 i = 0; i < times; i++) {
		u64 before = load(&steps[me]);
		AWAIT(load(&steps[me]) > before);
		CHECK_OK(process_get_regs(CAP_A, &regs));
		CHECK(regs.x[8] - regs.x[9] <= 1);
		CHECK(regs.x[8] > before);
		CHECK_EQ(process_state(CAP_A), PST_RUNNING);
	}
}

static void in_user_mode(void)
{
	u64 me = thread_new(count_steps, BELOW, CAP_A);
	store(&steps[me], 0);
	thread_send(CAP_A, me, 0, 0, 0);
	halt_and_look(me, ROUNDS);
}

static void registers_are_written(void)
{
	struct proc_regs regs;
	u64 me = thread_new(count_steps, BELOW, CAP_A);
	store(&steps[me], 0);
	thread_send(CAP_A, me, 0, 0, 0);
	for (u64 i = 1; i <= ROUNDS; i++) {
		AWAIT(load(&steps[me]) > (i - 1) << 40);
		CHECK_OK(process_stop(CAP_A, CAP_B));
		CHECK_OK(process_get_regs(CAP_A, &regs));
		u64 stood = load(&steps[me]);
		CHECK(regs.x[8] - stood <= 1);
		regs.x[8] = regs.x[9] = i << 40;
		CHECK_OK(process_set_regs(CAP_A, &regs));
		CHECK_EQ(load(&steps[me]), stood);
		go_on(CAP_B);
		AWAIT(load(&steps[me]) > i << 40);
	}
}

/* Most of the time in the kernel, with its interrupts enabled. */
static void be_held(u64 me, u64 ticks, u64 w2, u64 w3)
{
	for (u64 i = 1;; i++) {
		u64 result = call4(CAP_C, ORDER_HOLD, ticks, w2, w3).w0;
		HELPER_CHECK(result == RC_OK);
		store(&steps[me], i);
	}
}

static void in_the_kernel(void)
{
	struct proc_regs regs;
	u64 me = thread_new(be_held, BELOW, CAP_A);
	CHECK_OK(kit(KIT_HOLD, CAP_B));
	aim_at(CAP_A, CAP_B);
	store(&steps[me], 0);
	thread_send(CAP_A, me, HELD, 0, 0);
	for (u64 i = 0; i < ROUNDS; i++) {
		u64 before = load(&steps[me]);
		AWAIT(load(&steps[me]) > before);
		CHECK_OK(process_get_regs(CAP_A, &regs));
		CHECK_EQ(process_state(CAP_A), PST_RUNNING);
	}
}

static void on_no_hart(void)
{
	u64 loaded = ledger->loaded;
	struct proc_regs regs;
	thread_new(count_steps, BELOW, CAP_A);
	for (u64 i = 0; i < ROUNDS; i++) {
		CHECK_OK(process_get_regs(CAP_A, &regs));
		CHECK_EQ(regs.pc, (u64)count_steps);
		CHECK_EQ(process_state(CAP_A), PST_AVAILABLE);
	}
	CHECK_EQ(ledger->loaded, loaded);
}

/* From hart to hart: a little work, and a nap. */
static void move(u64 me, u64 w1, u64 w2, u64 w3)
{
	for (u64 i = 1;; i++) {
		time_wait_until(time_now() + (5 + me) * TICKS_PER_US);
		for (u64 k = 0; k < 50 + w1 + w2 + w3; k++)
			store(&steps[me], i);
	}
}

static u64 mover_new(unsigned to)
{
	u64 me = thread_new(move, BELOW, to);
	CHECK_OK(process_set_cap(to, CAP_WAIT, CAP_WAIT));
	store(&steps[me], 0);
	thread_send(to, me, 0, 0, 0);
	return me;
}

static void on_the_move(void)
{
	struct proc_regs regs;
	u64 me = mover_new(CAP_A);
	for (u64 i = 0; i < FILLERS; i++)
		mover_new(CAP_B);
	for (u64 i = 0; i < 2 * ROUNDS; i++) {
		CHECK_OK(process_get_regs(CAP_A, &regs));
		CHECK_EQ(process_state(CAP_A), PST_RUNNING);
		CHECK_OK(process_stop(CAP_A, CAP_B));
		u64 stood = load(&steps[me]);
		CHECK_EQ(process_state(CAP_A), PST_WAITING);
		CHECK_EQ(load(&steps[me]), stood);
		go_on(CAP_B);
	}
	u64 before = load(&steps[me]);
	AWAIT(load(&steps[me]) > before);
}

static void destroyed(void)
{
	struct proc_regs regs;
	for (u64 i = 0; i < ROUNDS / 2; i++) {
		u64 me = thread_new(count_steps, BELOW, CAP_A);
		store(&steps[me], 0);
		thread_send(CAP_A, me, 0, 0, 0);
		AWAIT(load(&steps[me]) > 0);
		CHECK_OK(object_destroy(OK_PROCESS, --test.made[OK_PROCESS]));
		u64 stood = load(&steps[me]);
		CHECK_EQ(process_get_regs(CAP_A, &regs), RC_VOID);
		CHECK_EQ(load(&steps[me]), stood);
	}
}

/* The invoker is loaded here: it is not halted, and not locked again. */
static void oneself(void)
{
	struct proc_regs regs;
	u64 halts = ledger->halts;
	CHECK_EQ(process_state(CAP_SELF), PST_RUNNING);
	CHECK_EQ(process_get_regs(CAP_SELF, &regs), RC_ALIASED);
	CHECK_EQ(process_stop(CAP_SELF, CAP_A), RC_ALIASED);
	CHECK_EQ(ledger->halts, halts);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "in user mode", in_user_mode },
		{ "its registers are written", registers_are_written },
		{ "in the kernel", in_the_kernel },
		{ "on no hart", on_no_hart },
		{ "on the move", on_the_move },
		{ "destroyed", destroyed },
		{ "oneself", oneself },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
