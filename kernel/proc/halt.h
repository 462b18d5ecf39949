/*
 * Halting a process that another hart has loaded (source: Shapiro 2006,
 * sections 4.3 and 5.4).  Lab 5 writes the body.
 *
 * A loaded process is write-locked by its hart beyond kernel exit, so waiting
 * for its lock means asking its hart to give it up.  Two processes, or a ring
 * of them, may ask for each other at the same time.
 *
 * Invariants
 *  1. Whoever waits for a loaded process holds no other object lock.
 *  2. Claims are made under one global lock; a process is claimed by one hart
 *     at most, and a hart has one claim at most.
 *  3. Who is the target of a claim itself makes none: it backs out and gives
 *     up its hart.  So of any ring of harts that stop each other, one goes.
 *  4. Who finds its target claimed stalls on the target's stop queue, first
 *     come first served.
 *  5. Every exit drops the claim, and wakes those on that queue.
 */
#pragma once

#include <proc/process.h>

/*
 * Write-locks p, halting it first if another hart has it loaded.  LOCK_OK, or
 * LOCK_ALIASED if p is the process loaded here.  Restarts or stalls the
 * transaction where the lock cannot be had now.  This hart holds no operation
 * lock.
 */
enum lock_result halt_and_lock(struct process *p);

/* At every exit of a hart that has a claim (hart.claim): drops it. */
void halt_drop_claim(void);
