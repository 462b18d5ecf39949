/*
 * The ager: makes room in memory, on demand.
 *
 * There are headers (of pages, with their frames; of nodes; of processes) for
 * fewer objects than the disk has.  Whoever needs one when none is free calls
 * the ager, before its commit point: it either frees one or does not return.
 *
 * A hand goes round the headers of the kind.  Each object it passes gets one
 * round older, unless it was used since the last time; one that is old enough
 * is taken, if it is clean, or written to the log first, if it is dirty.
 *
 * Invariants
 *  1. Never taken: what is pinned, locked, not here; a process that has a hook
 *     on a ring, or whose ring has hooks, or that is promised to a caller.
 *  2. What is taken was clean: the disk has the same.
 *  3. Of an object that is taken nothing is left in memory: no prepared
 *     capability names it, no page table was derived from it, its own
 *     capabilities are off their rings.
 *  4. The one who stalls is woken when room is made.  "Is there room? else
 *     stall" and "there is room" with the wakeup both happen under the lock of
 *     the kind's queue (Q_FRAMES, Q_NODES, Q_PROCESSES).
 */
#pragma once

#include <obj/object.h>

/* Rounds of the hand that an object stays without being used. */
#define AGE_OLD 2

/*
 * Makes sure that there is a free header of the kind, at this moment.  Returns,
 * or stalls the process loaded here, or restarts its transaction.
 */
void obj_make_room(enum obj_kind kind);

/* The object was used: it is young again. */
static inline void obj_touch(struct obj *o)
{
	if (atomic32_load_relaxed(&o->age))
		atomic32_store_relaxed(&o->age, 0);
}

/*
 * An object of the kind has become clean: the longest waiting for room tries
 * again.  No spin lock held.
 */
void obj_room_made(enum obj_kind kind);

/*
 * For the pressure sweep (boot argument squeeze=K): when the k-th header from
 * now on is to be taken, all that can be taken, of every kind, is taken first;
 * once.  0: never.
 */
void age_init(u64 squeeze);
