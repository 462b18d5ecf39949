/*
 * Stall queues (source: KeyKOS, "Kernel Strategies").  Lab 4 writes the body,
 * and that of two functions of proc/process.h: the test, and its counterpart.
 *
 * A process that cannot go on hangs its hook on the ring of what it waits
 * for, before its commit point, and gives up the hart; woken, it executes its
 * invocation again from the start.  So a wakeup promises nothing: it only
 * says that it is worth trying.
 *
 * Invariants
 *  1. First come, first served.  An available process that has woken a
 *     caller is promised to it: who comes in between stalls behind.  The
 *     promise lasts for WORRY_INTERVAL, if others wait.
 *  2. Test and enqueue happen under one hold of the ring's lock
 *     (proc_await_available); so do "become available" and wake
 *     (proc_become_available).  No wakeup is lost.
 *  3. When a process becomes available, one stalled process is made ready.
 *     If others wait behind a promise, the available one is on the worry
 *     queue by its own hook; a few times a second the worrier wakes the next
 *     caller of each member.  So a caller that changed its mind strands
 *     nobody for long.
 *  4. A process is on the worry queue only while it is available.
 *  5. The cost of stalling and waking does not depend on how many wait.
 */
#pragma once

#include <wait/hook.h>

/* Ticks an available process waits for the caller it is promised to. */
#define WORRY_INTERVAL (250 * TICKS_PER_MS)
/* Members served in one round, so that a kernel path stays short. */
#define WORRY_BATCH 16

/*
 * The third non-local exit: puts the process loaded here on the ring and
 * gives up the hart.  The caller holds r->lock, under which it saw that it
 * has to wait; the lock is released.
 */
void txn_stall(struct ring *r) noreturn;

/* Its two halves, for who has something to do in between, under the lock. */
void stall_enqueue_locked(struct ring *r);
void txn_stall_enqueued(struct ring *r) noreturn;

/* The same on a wait queue, in order of time. */
void txn_stall_until(struct ring *r, u64 when) noreturn;

/* Under r->lock: makes the longest waiting process ready.  False if none. */
bool stall_wake_one_locked(struct ring *r);

/*
 * Under r->lock: makes up to `most` ready, in order.  True if none is left.
 */
bool stall_wake_some_locked(struct ring *r, unsigned most);

/*
 * Under the lock of the ring of a process that is available no more: nobody
 * worries about it, and it is promised to nobody.
 */
void stall_left_available_locked(struct hooked *p);

/*
 * The worrier: wakes the next caller of each member that is due.  Returns the
 * time at which it is to be called again, or TIME_NEVER.  Called by any hart
 * that holds no lock.
 */
u64 stall_worry(u64 now);
