/*
 * Lab 5's test programs: the ledger, and what they do to each other.
 */
#pragma once

#include "lab05.h"
#include "memory.h"

/* Where the manifests map the ledger. */
#define LEDGER (WINDOW + 0x1000)
#define KIT_HOLD 5 /* a number, which takes ORDER_HOLD */
#define BELOW (MAIN_PRIORITY - 1)

static volatile struct ledger *const ledger = (volatile struct ledger *)LEDGER;

/* A process made before, by its number. */
static inline void find_thread(u64 thread, unsigned to)
{
	CHECK_OK(range_make(CAP_PROCESSES, thread, to));
}

/* The helper in a register has that process, from a register, in its C. */
static inline void aim_at(unsigned helper, unsigned target)
{
	CHECK_OK(process_set_cap(helper, CAP_C, target));
}

/* Lets a stopped process go on, by what process_stop() gave. */
static inline void go_on(unsigned resume)
{
	message_send(resume, &(struct message){ .w = { RC_OK } });
}

/* Ends the machine when all cases are done. */
static inline noreturn void ledger_all(const struct test_case *cases,
				       unsigned count)
{
	u32 status = test_table(cases, count, NULL);
	ledger->finished = LEDGER_MAGIC;
	test_end(status);
}
