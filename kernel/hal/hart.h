/*
 * What a hart keeps for itself, and what others may ask of it.
 *
 * Each field stands in a group that says who may touch it.  Rooms above keep
 * their own fields here, as opaque pointers, so that one load reaches them.
 */
#pragma once

#include <base/rand.h>
#include <base/types.h>
#include <hal/atomic.h>
#include <hal/regs.h>

#define HARTS_MAX 8
#define HELD_MAX 32

struct cap;
struct process;
struct mrow;
struct msg;

/* Where a hart is; written by it alone, read by whoever sends it requests. */
enum hart_mode {
	HART_KERNEL = 0,
	HART_USER = 1,
	HART_IDLE = 2,
};

/* What other harts ask of this one (hart.requests). */
enum hart_request {
	HREQ_FLUSH = 1 << 0, /* forget cached translations before user mode */
};

/* An object lock this hart holds (lock/mrow.h). */
struct held {
	struct mrow *lock;
	u32 readers; /* times this hart read-locked it */
	u32 writer;  /* 1: this hart write-locked it */
};

/*
 * The groups stand on cache lines by who writes them, and how often: what this
 * hart writes all the time, what it writes at each entry and others seldom
 * look at, what others look at whenever they make a process ready, and what
 * others write.
 */
struct hart {
	/* arch/ only: offsets known to the trap code */
	u64 kernel_sp;           /* top of this hart's one kernel stack */
	struct proc_regs *regs;  /* where the next trap from user mode saves */
	u64 scratch[2];

	/* shared by the interrupt handler and the kernel of this hart: the
	   only two words that are (trap/defer.h) */
	struct atomic64 pending;
	struct atomic32 need_resched;

	/* this hart only */
	bool committed;           /* past the commit point */
	bool guard_due;           /* the next attempt begins, and this one */
	bool guarded;             /* ends, with the discipline's lock */
	void (*body)(void) noreturn; /* the transaction, to be executed again */
	struct process *current;  /* loaded here */
	struct cap *hook;         /* current's hook, unless it was given away */
	struct process *claim;    /* its claim on a process (proc/halt.h) */
	u32 fault;                /* of current: enum fault_code, address */
	u64 fault_address, fault_detail;
	struct msg *msg;          /* the kernel area a message is marshalled to */
	struct held held[HELD_MAX];
	u64 held_count;
	u32 spin_ranks;           /* debug: bit per rank of a held spin lock */
	u32 kicks;                /* harts to interrupt on the way out */
	u64 loaded_at;            /* ticks when current was loaded */
	u64 quantum_end;          /* ticks, or TIME_NEVER */
	u64 alarm;                /* earliest timed event it answers for */
	u64 timer;                /* what the timer is set to */
	struct rand rand;
	u64 transactions, restarts; /* counted for the inspector */
	u64 serialized;           /* attempts that had others wait, likewise */

	/* atomic: written by this hart at each entry, read by others */
	struct atomic64 txn aligned_to_line; /* transaction (obj/pin.h) */
	struct atomic32 mode;      /* enum hart_mode */
	struct atomic_ptr space;   /* whose tables its root holds, or NULL */
	struct atomic_ptr loading; /* those it is about to load, or loaded last */

	/* atomic: written by this hart at dispatch, read by others */
	struct atomic32 priority aligned_to_line; /* 1 + that it runs at; 0 idle */

	/* immutable after boot */
	u32 id;       /* 0 to hart_count() - 1: the kernel's own numbering */
	u64 hw_id;    /* the platform's */
	bool chaos;   /* runs no process, only disturbs (boot/chaos.h) */

	/* atomic: set by others, cleared by this hart */
	struct atomic32 requests aligned_to_line; /* enum hart_request */
};

#define TIME_NEVER (~0ul)

/* All harts, by id; hart_count() of them, not all of which need be up. */
extern struct hart harts[HARTS_MAX];

#include <arch/hart.h>

/*
 * arch/hart.h defines, inline:
 *
 *      struct hart *hart_self(void)    the hart this runs on
 */
u32 hart_count(void);
