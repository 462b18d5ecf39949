/*
 * The ledger of lab 2's tests: one page that the scenario in the kernel, the
 * test programs and the grader outside have in common.  The scenario books
 * every pin and everything that leaves memory, the programs what they saw; the
 * grader reads it from the machine's memory, and believes nothing only printed.
 */
#pragma once

#include <base/types.h>

#define LEDGER_MAGIC 0x6c61623032626f6ful
#define FIGURES 64
#define WATCHED 2

struct ledger {
	/* by the scenario */
	u64 magic;
	u64 numbers;    /* numbers that harts were given */
	u64 pins;       /* that held */
	u64 taken[3];   /* objects taken out of memory, by kind */
	u64 rooms;      /* times room was made, or was there */
	u64 agings;     /* of these: none was free at first */
	u64 under_way;  /* other harts in a transaction then, in all */
	u64 stalls;     /* by the ager, on the queue of a kind */
	u64 woken;      /* wakeups by obj_room_made() */
	u64 cleaned;    /* dirty pages that the ager had written */
	u64 squeezes;   /* times all that could be taken was */
	u64 headers;    /* taken since the last of these was asked for */
	u64 watched_taken[WATCHED];

	/* by the test programs */
	u64 hold;             /* 1: nothing is cleaned until somebody stalls */
	u64 squeeze;          /* asks for one, at this header from now */
	u64 watched[WATCHED]; /* 1 + OID of a page */
	u64 finished;         /* LEDGER_MAGIC: they came to their end */
	u64 checks;           /* objects that were looked at, and right */
	u64 figure[FIGURES];  /* a test's own */
};
