/*
 * Lab 4, stall queues: one wakeup, and a worrier for the process that changed
 * its mind.
 *
 * The contract is kernel/sched/stall.h, with five invariants, and the two
 * functions of kernel/proc/process.h that it names; the handout is
 * handouts/lab04.md.  Write the bodies of the ten functions below.  What they
 * share is yours, too: make static functions as you need them.
 */
#include <cap/cap.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <lock/commit.h>
#include <proc/process.h>
#include <sched/sched.h>
#include <sched/stall.h>
#include <sched/timed.h>

/*
 * The first half of stalling: the hook of the process loaded here joins the
 * ring, last.  assert_not_committed(): it will execute its invocation again.
 */
void stall_enqueue_locked(struct ring *r)
{
	(void)r;
	panic("lab 4", "stall_enqueue_locked is yours to write");
}

/*
 * The second half: from the moment the ring is unlocked, the hook belongs to
 * whoever wakes the process, on whatever hart; so this hart must have given
 * it away (hart.hook) before.  resched() puts the process back.
 */
void txn_stall_enqueued(struct ring *r)
{
	(void)r;
	panic("lab 4", "txn_stall_enqueued is yours to write");
}

/* Both halves. */
void txn_stall(struct ring *r)
{
	(void)r;
	panic("lab 4", "txn_stall is yours to write");
}

/* The same on a queue that is kept in order of time (wait/hook.h). */
void txn_stall_until(struct ring *r, u64 when)
{
	(void)r;
	(void)when;
	panic("lab 4", "txn_stall_until is yours to write");
}

/*
 * Under r->lock.  The one that has waited longest becomes ready, by
 * sched_wake_locked(); it goes from ring to ready queue and is on one of them
 * all the time.  (Where nobody waits this much is enough; booting needs it.)
 */
bool stall_wake_one_locked(struct ring *r)
{
	if (!ring_has_hooks_locked(r))
		return false;
	panic("lab 4", "stall_wake_one_locked is yours to write");
}

/* Up to `most` of them.  True if none is left. */
bool stall_wake_some_locked(struct ring *r, unsigned most)
{
	(void)r;
	(void)most;
	panic("lab 4", "stall_wake_some_locked is yours to write");
}

/*
 * Under the lock of p's ring, which is also what guards p->state.  p becomes
 * available (proc_set_state_locked) and one of its callers is woken, to which
 * it is promised (hooked.promised).  If more wait, it has to be worried about:
 * its own hook, which is on no ring, joins the worry queue
 * (queue_ring(Q_WORRY, 0), in order of time), due in WORRY_INTERVAL, and
 * timed_alarm() is told.
 */
void proc_become_available(struct process *p)
{
	(void)p;
	panic("lab 4", "proc_become_available is yours to write");
}

/*
 * Called by proc_set_state_locked(), under the lock of p's ring: p was
 * available and is so no more.  Its hook may be needed for another queue soon.
 */
void stall_left_available_locked(struct hooked *p)
{
	(void)p;
	panic("lab 4", "stall_left_available_locked is yours to write");
}

/*
 * The test, and the stall if it fails: is the capability still good
 * (mcap_is_valid), is p available, and if it is promised, is it to the process
 * loaded here (hart.hook)?  Think about what may happen between the look and
 * the stall; and about who stalls behind a promise that is never kept.
 */
bool proc_await_available(struct process *p, const struct mcap *start)
{
	(void)p;
	(void)start;
	panic("lab 4", "proc_await_available is yours to write");
}

/*
 * The worrier: members of the worry queue that are due lose their promise, and
 * the next caller is woken in the place of the one that did not come.  Serves
 * up to WORRY_BATCH of them, and says when it wants to be called again.
 *
 * Rings are locked before queues (lock/rank.h), so a member that was seen on
 * the queue may have left it by the time both are locked: look again.
 */
u64 stall_worry(u64 now)
{
	(void)now;
	panic("lab 4", "stall_worry is yours to write");
}
