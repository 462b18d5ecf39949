/*
 * Lab 3's test programs: the ledger, and helpers that share objects.
 */
#pragma once

#include "lab03.h"
#include "memory.h"

/* Where the manifests map the ledger. */
#define LEDGER (WINDOW + 0x1000)
#define WORDS (PAGE_SIZE / sizeof(u64))

static volatile struct ledger *const ledger = (volatile struct ledger *)LEDGER;

static u64 done, stop, begun;

static inline void is_right(bool right)
{
	HELPER_CHECK(right);
	__atomic_fetch_add(&ledger->checks, right, __ATOMIC_RELAXED);
}

static inline void begin_case(void)
{
	store(&done, 0);
	store(&stop, 0);
	store(&begun, 0);
}

/* Ends the machine when all cases are done. */
static inline noreturn void ledger_all(const struct test_case *cases,
				       unsigned count)
{
	u32 status = test_table(cases, count, begin_case);
	ledger->finished = LEDGER_MAGIC;
	test_end(status);
}

/* A helper with registers A to D as the test has them now, and the ranges. */
static __attribute__((unused)) void sharer(void (*function)(u64, u64, u64, u64),
					   u64 w1)
{
	u64 me = thread_new(function, MAIN_PRIORITY - 1, CAP_E);
	for (unsigned i = CAP_A; i <= CAP_D; i++)
		CHECK_OK(process_set_cap(CAP_E, i, i));
	CHECK_OK(process_set_cap(CAP_E, CAP_PAGES, CAP_PAGES));
	CHECK_OK(process_set_cap(CAP_E, CAP_NODES, CAP_NODES));
	CHECK_OK(process_set_cap(CAP_E, CAP_DISCRIM, CAP_DISCRIM));
	CHECK_OK(process_set_cap(CAP_E, CAP_WAIT, CAP_WAIT));
	thread_send(CAP_E, me, w1, 0, 0);
}

static noreturn __attribute__((unused)) void sharer_done(void)
{
	add(&done, 1);
	thread_rest();
}

static inline bool all_equal(const u64 *words, u64 n)
{
	for (u64 i = 1; i < n; i++)
		if (words[i] != words[0])
			return false;
	return true;
}
