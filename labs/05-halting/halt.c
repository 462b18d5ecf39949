/*
 * Lab 5, halting: a process that another hart has loaded.
 *
 * The contract is kernel/proc/halt.h, with eight invariants; the handout is
 * handouts/lab05.md.  Write the bodies of the three functions below, and what
 * they share: a lock, and what you have to know of each stop queue.
 */
#include <base/bits.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/irq.h>
#include <proc/halt.h>
#include <sched/stall.h>
#include <sched/timed.h>

/*
 * The process loaded here: LOCK_ALIASED.  One whose lock can be had, and for
 * which nobody waits: mrow_try_write(), and that is all.  Else it has to be
 * claimed first (hooked.claimed: 1 + this hart; hart.claim: the process), under
 * one lock of the rank LR_STOP.  When may a claim not be made, and what is done
 * then: resched(), or a stall on queue_ring(Q_STOP, i)?
 *
 * With the claim made and no lock held: interrupt the hart that has it
 * (process.loaded, ipi_send), and wait.  Where may the process be by the time
 * the interrupt has come?
 */
enum lock_result halt_and_lock(struct process *p)
{
	(void)p;
	panic("lab 5", "halt_and_lock is yours to write");
}

/*
 * Called by txn_end() of a hart whose hart.claim is set, when its object locks
 * have been released.  The first of those who wait is woken, and the next
 * claim is promised to it.  Whoever dispatched meanwhile has passed the process
 * by: sched_offer_rest() finds a hart for it.
 */
void halt_drop_claim(void)
{
	panic("lab 5", "halt_drop_claim is yours to write");
}

/*
 * Called with the others that are served by the timer; each answers when it
 * wants to be called again.  Whoever was woken and has not come by the time its
 * promise ends has changed its mind.  (Where nobody waits this much is enough.)
 */
u64 halt_worry(u64 now)
{
	(void)now;
	return TIME_NEVER;
}
