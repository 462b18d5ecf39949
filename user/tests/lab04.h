/*
 * The ledger of lab 4's tests: one page that the scenario in the kernel, the
 * test programs and the grader outside have in common.  The scenario books
 * every stall and every wakeup, the programs what became of them; the grader
 * reads it from the machine's memory, and believes nothing only printed.
 */
#pragma once

#include <base/types.h>

#define LEDGER_MAGIC 0x6c61623034626f6ful
#define FIGURES 64

struct ledger {
	/* by the scenario; of the rings of processes only, not of queues */
	u64 magic;
	u64 stalls;  /* hooks put on one */
	u64 wakeups; /* hooks moved from one to a ready queue */
	u64 again;   /* of the stalls: by one that was woken from the same
	                 ring and had not been served since */
	u64 requests, junk, worry; /* the indices in queues[] of these */

	/* by the test programs */
	u64 finished;        /* LEDGER_MAGIC: they came to their end */
	u64 services;        /* messages that servers took */
	u64 figure[FIGURES]; /* a test's own */
};
