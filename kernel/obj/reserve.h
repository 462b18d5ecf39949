/*
 * Reservation: room in the checkpoint log is set aside before an object is
 * made dirty, so that a checkpoint can always be finished.  The body is the
 * store's (store/log.h), bound when the kernel is linked.
 *
 * Invariants
 *  1. Before its commit point a transaction reserves for every object that it
 *     will write; a dispatched process is written, so dispatch reserves too.
 *  2. An object is dirty only after a reservation was granted.
 *  3. An object that belongs to a snapshot is captured before it is dirty again:
 *     the snapshot gets a copy, the header stays where it is.
 *  4. A page is mapped writable only while it is dirty.
 */
#pragma once

#include <obj/object.h>

static inline bool obj_is_dirty(const struct obj *o)
{
	return atomic32_load_relaxed(&o->change) == CH_DIRTY;
}

/*
 * Grants and makes the object dirty, or stalls the process loaded here on the
 * log-space queue.  The caller has the object locked, for reading at least, and
 * has not passed its commit point; it may hold locks of other objects, but no
 * spin lock.
 */
void reserve_and_mark(struct obj *o);

/* The same; most objects that are written are dirty already. */
static inline void reserve_dirty(struct obj *o)
{
	if (unlikely(!obj_is_dirty(o)))
		reserve_and_mark(o);
}
