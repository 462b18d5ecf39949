/*
 * The discipline: how transactions that want the same objects at the same time
 * get out of each other's way (source: J. Shapiro, "Kernel Interrupt and
 * Concurrency Management", 2006, sections 4 and 6).  There are six of them,
 * each a file of lock/discipline/; one is linked (make LOCKS=name):
 *
 *      one       every transaction holds one global lock (section 4)
 *      shared    it holds it shared; if it cannot lock an object it restarts,
 *                and holds it exclusively (6.1)
 *      clusters  the same with a lock for each cluster of harts, all of which
 *                are taken to exclude the others (6.1)
 *      spin      no global lock: operation locks spin, marshalling restarts,
 *                in the hope of better luck (6.2)
 *      serial    the same, but what has restarted takes a serialization lock
 *                first, so that those that collide do so one at a time (6.3)
 *      marked    the same, and marks the object: who wants its operation lock
 *                goes to the serialization lock at once (6.3)
 *
 * Paths that never collide pay nothing for `spin`, `serial` and `marked`.
 *
 * Invariants
 *  1. An attempt begins with discipline_begin() if hart.guard_due is set, and
 *     ends with discipline_end() if that set hart.guarded, whatever became of
 *     it.  Both are called with nothing held but the lock of the process
 *     loaded here.
 *  2. Who waits for a lock of the discipline looks at need_resched, and gives
 *     up its hart when asked to: whom it waits for may be halting the process
 *     loaded here, or may have called a meeting.  It then keeps nothing that
 *     others wait for.
 *  3. What an attempt that failed is due stays due on this hart, until an
 *     attempt that begins here has had it.
 *  4. Where one attempt excludes all others (`one`; `shared` and `clusters`
 *     after a failure), what it does comes after all that they did before.
 *
 * Dispatch stands outside: resched(), what it serves, and meetings run with
 * nothing of this held.  They have to, because who waits here must be able to
 * get there.  And they may, because they only try object locks, and wait for
 * no one who has any; so an attempt that excludes all others may still find a
 * lock taken, but not for long.
 */
#pragma once

#include <hal/hart.h>
#include <lock/mrow.h>

/* Boot: this hart is about to begin its first transaction. */
void discipline_join(void);

/* At the start of an attempt for which hart.guard_due is set. */
void discipline_begin(void);

/* At the end of one for which hart.guarded is set. */
void discipline_end(void);

/*
 * Before the commit point: this lock was tried, and somebody else has it.
 * Restarts the transaction, which does what is due first.
 */
void discipline_restart(struct mrow *l) noreturn;

/*
 * Operation locks, as mrow_read() and mrow_write(); but instead of waiting
 * some disciplines restart the transaction.
 */
enum lock_result discipline_read(struct mrow *l);
enum lock_result discipline_write(struct mrow *l);
