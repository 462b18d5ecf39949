/*
 * The ready queues: one for each priority, first come first served, and the
 * choice of the hart that should look at them.
 *
 * Invariants
 *  1. A hook on ready queue p has priority p.
 *  2. The bit of a queue in the ready mask is set while the queue is not
 *     empty (it may be set of an empty one).
 *  3. A process made ready interrupts a hart that idles, or else the hart
 *     that runs the lowest priority, if that is lower than its own; it never
 *     interrupts one that runs its own priority or a higher one.
 *  4. Interrupts to other harts are sent on the way out of the kernel
 *     (sched_send_kicks), never under a lock.
 */
#pragma once

#include <wait/hook.h>

/* How a process comes to be ready. */
enum ready_how {
	READY_WOKEN,     /* at the tail; look for a hart to interrupt */
	READY_HERE,      /* at the tail; this hart is about to dispatch */
	READY_PREEMPTED, /* at the front: it keeps its turn; likewise */
};

/*
 * Puts the hook of a write-locked process, on no ring, on its ready queue.
 */
void sched_ready(struct cap *hook, enum ready_how how);

/* Under the lock of the ring the hook is on: moves it to its ready queue. */
void sched_wake_locked(struct cap *hook);

/*
 * The process of the hook, write-locked and not loaded, has another priority
 * now: if it is ready it goes to the tail of that queue.
 */
void sched_set_priority(struct cap *hook, unsigned priority);

/*
 * Takes the first process of the highest priority that can be had (not
 * claimed, its lock free) off its queue.  It is write-locked then.  NULL if
 * there is none.
 */
struct cap *sched_pop(void);

/* Whether some process may be ready: the highest priority, or -1. */
int sched_highest(void);

/* Whether some process of a higher priority than this may be ready. */
bool sched_has_above(unsigned priority);

/* After a pop: if work is left over, finds a hart for it. */
void sched_offer_rest(void);

/* Before user mode, before idling: sends the interrupts that were noted. */
void sched_send_kicks(void);
