/*
 * The board of lab 1's tests: one page that the test programs, the scenario in
 * the kernel and the grader outside have in common.  Programs write down there
 * what happened to them; the grader reads it from the machine's memory, and
 * believes nothing that was only printed.
 *
 * Time is counted in cycles, of which an instruction takes `step`.
 */
#pragma once

#include <base/types.h>

#define LINE 11      /* the interrupt line of the real-time clock */
#define LEAD 4000ul  /* instructions from setting an alarm to its going off */
#define CYCLES_PER_TICK 100ul
#define BOARD_MAGIC 0x6c61623031626f61ul
#define KINDS_MAX 20
#define SLICES_MAX 64
#define HARTS 8

/* Who waits for interrupts: the driver and the sleeper. */
enum source { BY_DEVICE, BY_TIMER, SOURCES };
struct waiter {
	/* written by the scenario */
	u64 arrivals;  /* interrupts of this source */
	u64 handled;   /* cycle at which the handler began, for the first that
	                  came when it was due; */
	u64 pc;        /* what it interrupted, */
	u64 from_user; /* in which mode, */
	u64 over;      /* and hart.priority of its hart */
	u64 excused;   /* cycles that checking has taken since it was due */

	/* written by the test programs */
	u64 due;       /* cycle at which the interrupt comes */
	u64 by_itself; /* 1: begins its wait `offset` before, itself */
	u64 wakes;     /* times it was woken */
	u64 woken;     /* cycle of the last */
	u64 latency;   /* of the last: instructions since it was due */
};

/* One kind of kernel entry, swept. */
struct kind_result {
	u64 last;      /* offsets 0 to last of the interrupt, instructions */
	u64 done;      /* interrupts that were right in every respect */
	u64 longest;   /* from due to the woken program, instructions */
	struct {
		u64 longest; /* from due to the handler, instructions */
		u64 offset;  /* where that was */
		u64 pc;      /* and what it interrupted at last */
	} kept[2];       /* ... the kernel, user mode */
};

/* A stretch of time in which one process had a hart. */
struct slice {
	u64 who, from, to;
};

struct board {
	/* set by the scenario at boot */
	u64 magic;
	u64 step;      /* cycles an instruction takes */
	u64 kinds;     /* bit per kind to sweep */
	u64 stride;    /* instructions from one offset to the next */
	u64 only;      /* this offset alone, plus 1; or 0: all */
	u64 harts;     /* that work */
	u64 rotate;    /* cycles after which another hart has its turn, or 0 */
	u64 exact;     /* 1: no other hart is busy: instructions can be counted */
	u64 prompt;    /* instructions within which a program is to be woken */
	u64 note_cost; /* instructions it takes to note an arrival */

	/* written by the scenario when an interrupt arrives */
	u64 frames;    /* interrupt frames on the kernel stack now, */
	u64 frames_most; /* and at most */
	u64 modes[2];  /* interrupts that came in kernel, user mode */
	u64 locked;    /* interrupts that came while a spin lock was held */
	u64 rests[HARTS]; /* times that each hart went to rest */

	/* written by the test programs */
	u64 finished;  /* BOARD_MAGIC: the test came to its end */
	u64 kind, offset;
	struct waiter waiter[SOURCES];
	u64 least[2];  /* shortest from due to the handler, as in kept */
	struct kind_result result[KINDS_MAX];
	u64 noisy;     /* 1: the driver leaves the device interrupting once */
	u64 slices;
	struct slice slice[SLICES_MAX];
	u64 mark[16];  /* a test's own */
};
