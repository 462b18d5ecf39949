/*
 * Halting a process that another hart has loaded (source: Shapiro 2006,
 * sections 4.3 and 5.4).  Lab 5 writes the body.
 *
 * A loaded process is write-locked by its hart beyond kernel exit, so waiting
 * for its lock means asking its hart to give it up.  Two processes, or a ring
 * of them, may ask for each other at the same time.
 *
 * Who cannot have the lock at once *claims* the process: dispatch passes it by
 * from then on.  Processes that hash to one stop queue are claimed one after
 * the other.  Who comes while one of them is claimed stalls on that queue; a
 * claim that is dropped wakes the first, and it is promised to be the next.
 *
 * Invariants
 *  1. Whoever waits for a loaded process holds no other object lock.
 *  2. Claims are made under one global lock; of the processes of one stop
 *     queue one is claimed at a time, and a hart has one claim at most.
 *  3. Who is the target of a claim itself makes none: it backs out and gives
 *     up its hart.  So of any ring of harts that stop each other, one goes.
 *  4. First come, first served: a claim is made by the one that was woken to
 *     make it, or where nobody was and nobody waits.  One wakeup for each
 *     claim that is dropped.
 *  5. Every exit drops the claim.
 *  6. While somebody waits on a stop queue, one of its processes is claimed,
 *     or it is promised to somebody.  A promise lasts for STOP_PATIENCE: so
 *     one that changed its mind strands nobody.
 *  7. The interrupt is sent when the claim can be seen, under no lock, and
 *     once more to every hart on which the process turns up meanwhile.
 *  8. A hart that waits for a process keeps its interrupts enabled, and is in
 *     kernel mode.  Who wants its own process waits for it, and so does a
 *     meeting; but a target's hart lets go before it comes to one.
 */
#pragma once

#include <proc/process.h>

/* Ticks a stop queue waits for the one that it is promised to. */
#define STOP_PATIENCE (250 * TICKS_PER_MS)

/*
 * Write-locks p, halting it first if another hart has it loaded.  LOCK_OK, or
 * LOCK_ALIASED if p is the process loaded here.  Backs out or stalls where p
 * cannot be claimed now.  This hart holds no object lock.
 */
enum lock_result halt_and_lock(struct process *p);

/* At every exit of a hart that has a claim (hart.claim): drops it. */
void halt_drop_claim(void);

/*
 * A timed source (sched/timed.h): ends the promises that are due, and wakes
 * the next of those who wait.
 */
u64 halt_worry(u64 now);
