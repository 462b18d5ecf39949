/*
 * The ledger of lab 5's tests: one page that the scenario in the kernel, the
 * test programs and the grader outside have in common.  The scenario books who
 * halts whom, who stalls for it and who is woken, and what each hart forgets;
 * the programs what they saw.  The grader reads it from the machine's memory,
 * and believes nothing only printed.
 */
#pragma once

#include <base/types.h>

#define LEDGER_MAGIC 0x6c61623035626f6ful
#define FIGURES 64

/* An order to a number, of the test kernel only: w1 = ticks.  The hart stays
   in the kernel so long, its interrupts enabled, or until it is let go. */
#define ORDER_HOLD 0x686f6c64

struct ledger {
	/* by the scenario */
	u64 magic;
	u64 halts;     /* locks of processes had of halt_and_lock() */
	u64 loaded;    /* of them: of processes that were loaded at the call */
	u64 claims;    /* dropped */
	u64 stalls;    /* hooks put on a stop queue */
	u64 wakeups;   /* hooks moved from one to a ready queue */
	u64 again;     /* of the stalls: by one that was woken and not served */
	u64 expired;   /* of the wakeups: by halt_worry() */
	u64 woken;     /* the number of the last one that was: helper tN */
	u64 asking;    /* interrupts sent to halt a process */
	u64 moved;     /* interrupts sent to one hart more, for one halt */
	u64 flushes;   /* calls of shoot_flush() */
	u64 asked;     /* interrupts that these sent */
	u64 holding;   /* harts that are held in the kernel now */
	u64 meanwhile; /* of all flushes: done while one was held */

	/* by the test programs */
	u64 let_go;          /* whoever is held is so no more */
	u64 finished;        /* LEDGER_MAGIC: they came to their end */
	u64 figure[FIGURES]; /* a test's own */
};
