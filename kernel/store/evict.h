/*
 * Taking an object out of memory: the mechanics behind the ager (obj/age.h),
 * which decides what is taken, and when.
 */
#pragma once

#include <obj/object.h>

/* Links of a ring undone in one step. */
#define EVICT_BATCH 64

/*
 * Whether the object has to stay for what hangs on it: a process that has a
 * hook on a ring, or whose ring has hooks, or that is promised or claimed.  It
 * changes while the object can be found, pins or not; what it says lasts once
 * nobody can (obj/pin.h).
 */
bool evict_must_stay(struct obj *o);

/*
 * o is write-locked by this hart.  Takes back what was derived from it: its
 * mappings, and up to EVICT_BATCH of the capabilities that are prepared to it.
 * True when nothing was left.  It does no harm to one that stays.
 */
bool evict_undo(struct obj *o);

/*
 * o is write-locked by this hart, undone and clean, and nobody can pin it any
 * more: forgets it.  Its lock is released and its header free.
 */
void evict(struct obj *o);
