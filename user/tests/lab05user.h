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

/* Ends the machine when all cases are done; test_all() does not know the
   ledger. */
static inline noreturn void ledger_all(const struct test_case *cases,
				       unsigned count)
{
	unsigned failures = 0;
	printf("KTAP version 1\n1..%u\n", count);
	for (unsigned i = 0; i < count; i++) {
		test_run(&cases[i]);
		failures += test.failed;
		printf("%sok %u - %s\n", test.failed ? "not " : "", i + 1,
		       cases[i].name);
	}
	ledger->finished = LEDGER_MAGIC;
	test_end(failures ? 100 : 0);
}
