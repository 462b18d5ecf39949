/*
 * Crowds: processes that wait for the same event, after which each of them is
 * to look again: an object's arrival, room in the log, a checkpoint.  However
 * many they are, they are woken a batch at a time, so that no kernel path is
 * long.
 *
 * Invariants
 *  1. "Has it happened? else stall" and "it has happened" with the wakeup both
 *     happen under the lock of the crowd's queue: no wakeup is lost.
 *  2. Who stalled before the event is woken, by this hart's next timed events
 *     at the latest.  Who stalled after it, because it was not his, waits for
 *     the next: the queue is in order of time.
 */
#pragma once

#include <wait/queue.h>

/* Those of objects coming in are the first, by I/O queue. */
enum {
	CROWD_LOG = IO_QUEUES, /* for room in the log */
	CROWD_CHECKPOINT,      /* for one to be durable */
	CROWDS
};

/* Boot, one hart. */
void crowds_init(void);

/* The queue that a crowd waits on. */
struct ring *crowd_ring(unsigned crowd);

/*
 * Under the lock of its queue, which is released: the process loaded here
 * joins the crowd, and the hart is given up.
 */
void crowd_join_locked(unsigned crowd) noreturn;

/* Under the lock of its queue: what it waits for has happened. */
void crowd_wake_locked(unsigned crowd);

/* The same, taking that lock. */
void crowd_wake(unsigned crowd);
