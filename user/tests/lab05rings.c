/*
 * Lab 5: rings of processes that stop each other.  Each stops the next, looks
 * that it stands still, and lets it go on; the last stops the first.  Whoever
 * is about to stop its neighbour may be stopped itself at that moment.
 */
#include <checkpoint.h>

#include "lab05user.h"

#define MEMBERS_MAX 8
#define ROUNDS 3
#define CHECKPOINTS 3

static u64 go, done, rounds[THREADS_MAX];

/* Has the next in C. */
static void stop_the_next(u64 me, u64 count, u64 w2, u64 w3)
{
	while (!load(&go))
		; /* who is stopped before it was started would not start */
	for (u64 i = 0; i < count; i++) {
		u64 result = process_stop(CAP_C, CAP_D);
		HELPER_CHECK(result == RC_OK + w2 + w3);
		result = call4(CAP_C, PROC_GET_STATE, 0, 0, 0).w1;
		HELPER_CHECK(result == PST_WAITING || result == PST_RUNNING);
		go_on(CAP_D);
		add(&rounds[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

/* Helpers 0 to n - 1; each has the next in C, the last the first. */
static void ring_new(u64 n)
{
	store(&done, 0);
	store(&go, 0);
	for (u64 i = 0; i < n; i++) {
		thread_new(stop_the_next, BELOW, CAP_A);
		store(&rounds[i], 0);
	}
	for (u64 i = 0; i < n; i++) {
		find_thread(i, CAP_A);
		find_thread((i + 1) % n, CAP_B);
		aim_at(CAP_A, CAP_B);
	}
	for (u64 i = 0; i < n; i++) {
		find_thread(i, CAP_A);
		thread_send(CAP_A, i, ROUNDS, 0, 0);
	}
	store(&go, 1);
}

static void ring_ends(u64 n)
{
	AWAIT(load(&done) == n);
	for (u64 i = 0; i < n; i++)
		CHECK_EQ(load(&rounds[i]), ROUNDS);
	ledger->figure[n] = ROUNDS;
}

static void rings_end(void)
{
	for (u64 n = 2; n <= MEMBERS_MAX; n++) {
		AT("%lu members", n);
		ring_new(n);
		ring_ends(n);
		test_clean_up();
	}
}

/* For each checkpoint all harts meet, with no process loaded. */
static void amid_checkpoints(void)
{
	u64 generation = 0;
	ring_new(4);
	for (unsigned i = 0; i < CHECKPOINTS; i++) {
		CHECK_OK(kit(KIT_CHECKPOINT, CAP_B));
		struct words a = call4(CAP_B, CKPT_BEGIN, 0, 0, 0);
		CHECK_EQ(a.w0, RC_OK);
		CHECK(a.w1 > generation);
		generation = a.w1;
		CHECK_OK(call4(CAP_B, CKPT_AWAIT, generation, 0, 0).w0);
	}
	ring_ends(4);
	ledger->figure[0] = generation;
}

/* Who stops a ring's members from outside stops none for good. */
static void disturbed(void)
{
	ring_new(3);
	for (unsigned i = 0; i < 2 * ROUNDS && load(&done) < 3; i++) {
		find_thread(i % 3, CAP_A);
		CHECK_OK(process_stop(CAP_A, CAP_B));
		go_on(CAP_B);
	}
	AWAIT(load(&done) == 3);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "rings end", rings_end },
		{ "amid checkpoints", amid_checkpoints },
		{ "disturbed", disturbed },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
