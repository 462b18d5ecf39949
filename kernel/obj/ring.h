/*
 * Rings.  Every object, and every queue of the kernel, heads one: a circular
 * list of links under a lock, with a divider in it.
 *
 *      head -> prepared capabilities -> divider
 *           -> hooks, first come first -> back to head
 *
 * So hooks sit at the tail, the longest waiting is the one behind the divider,
 * and whether anyone is waiting is one look.  A queue has hooks only.
 *
 * A link may be cut by whoever holds the ring's lock, at any time; so its
 * owner follows it by *look, lock, look again*: read which ring it is on,
 * lock that ring, see whether it still is.  Ring heads are type-stable
 * memory: what the first look found can always be locked.
 */
#pragma once

#include <base/list.h>
#include <lock/spin.h>

struct ring {
	struct link head;     /* under lock */
	struct link divider;  /* under lock */
	struct spinlock lock; /* rank LR_RING; of queues LR_QUEUE, LR_READY */
};

static inline void ring_init(struct ring *r, enum lock_rank rank)
{
	link_init(&r->head);
	link_init(&r->divider);
	link_insert_before(&r->head, &r->divider);
	r->lock = SPINLOCK(rank);
}

/* Under r->lock. */
static inline bool ring_has_hooks_locked(const struct ring *r)
{
	return r->divider.next != &r->head;
}

/* Under r->lock. */
static inline bool ring_has_caps_locked(const struct ring *r)
{
	return r->head.next != &r->divider;
}
