/*
 * Lab 5: many processes halt one, which runs in a circle.  They are served in
 * the order in which they came; which the scenario looks at all the time.
 */
#include "lab05user.h"

#define MEMBERS 5
#define ROUNDS 3

static u64 steps, done, rounds[THREADS_MAX];

static void run(u64 w0, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		add(&steps, 1 + 0 * (w0 + w1 + w2 + w3));
}

/* One of them may be the target itself. */
static void gang_up(u64 me, u64 count, u64 itself, u64 w3)
{
	for (u64 i = 0; i < count; i++) {
		struct proc_regs regs;
		u64 result = process_get_regs(CAP_C, &regs);
		HELPER_CHECK(result == (itself ? RC_ALIASED : RC_OK) + w3);
		add(&rounds[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

/* So many at the process in A, which may be the first of them. */
static void gang_new(u64 members, bool one_is_it)
{
	for (u64 i = 0; i < members; i++) {
		u64 me = thread_new(gang_up, BELOW, CAP_B);
		store(&rounds[me], 0);
		aim_at(CAP_B, CAP_A);
		thread_send(CAP_B, me, ROUNDS, one_is_it && i == 0, 0);
	}
}

static void one_target(void)
{
	store(&done, 0);
	thread_start(run, BELOW, CAP_A, 0, 0);
	gang_new(MEMBERS, false);
	AWAIT(load(&done) == MEMBERS);
	u64 before = load(&steps);
	AWAIT(load(&steps) > before);
	CHECK_EQ(process_state(CAP_A), PST_RUNNING);
	ledger->figure[0] = MEMBERS * ROUNDS;
}

static void two_targets(void)
{
	store(&done, 0);
	for (unsigned i = 0; i < 2; i++) {
		thread_start(run, BELOW, CAP_A, 0, 0);
		gang_new(2, false);
	}
	AWAIT(load(&done) == 4);
	ledger->figure[1] = 4 * ROUNDS;
}

/* In a gang, everybody is the target of somebody. */
static void of_each_other(void)
{
	store(&done, 0);
	find_thread(0, CAP_A);
	gang_new(MEMBERS, true);
	AWAIT(load(&done) == MEMBERS);
	ledger->figure[2] = MEMBERS * ROUNDS;
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "one target", one_target },
		{ "two targets", two_targets },
		{ "one of themselves", of_each_other },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
