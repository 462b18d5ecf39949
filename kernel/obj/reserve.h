/*
 * Reservation: room in the checkpoint log is set aside before an object is
 * made dirty, so that a checkpoint can always be finished.
 *
 * Invariants
 *  1. Before its commit point a transaction reserves for every object that it
 *     will write; a dispatched process is written, so dispatch reserves too.
 *  2. An object is dirty only after a reservation was granted.
 */
#pragma once

#include <obj/object.h>

static inline bool obj_is_dirty(const struct obj *o)
{
	return atomic32_load_relaxed(&o->dirty);
}

/*
 * Grants and marks the object dirty, or stalls the process on the log-space
 * queue.  The caller has the object locked and has not passed its commit
 * point.  The boot image is a RAM disk to which nothing is written back, so
 * every reservation is granted.
 */
void reserve_and_mark(struct obj *o);

/* The same; most objects that are written are dirty already. */
static inline void reserve_dirty(struct obj *o)
{
	if (unlikely(!obj_is_dirty(o)))
		reserve_and_mark(o);
}
