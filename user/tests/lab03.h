/*
 * The ledger of lab 3's tests: one page that the scenario in the kernel, the
 * test programs and the grader outside have in common.  The scenario books
 * every lock that is taken and released, the programs what they saw; the
 * grader reads it from the machine's memory, and believes nothing only printed.
 */
#pragma once

#include <base/types.h>

#define LEDGER_MAGIC 0x6c61623033626f6ful
#define FIGURES 64

struct ledger {
	/* by the scenario */
	u64 magic;
	u64 lock_offset; /* of the word in an object's header */
	u64 reads;       /* read locks taken, of all kinds */
	u64 writes;
	u64 busy;        /* tries that were refused */
	u64 aliased;     /* times a hart was told that it has the object */
	u64 again;       /* read locks of what the hart had locked before */
	u64 gangs;       /* releases of two locks and more at once */
	u64 sets;        /* operation sets locked */
	u64 seconds;     /* of these: with a second object */
	u64 merged;      /* with one object in two roles */
	u64 gone;        /* with a member that was destroyed meanwhile */
	u64 moved;       /* with a member under another header than before */
	u64 overtaken;   /* times a reader got what a writer waited for */

	/* by the test programs */
	u64 finished;        /* LEDGER_MAGIC: they came to their end */
	u64 checks;          /* things that were looked at, and right */
	u64 figure[FIGURES]; /* a test's own */
};
