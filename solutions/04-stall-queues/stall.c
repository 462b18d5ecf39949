/*
 * Stall queues: one wakeup, and a worrier for the process that changed its
 * mind.
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

void stall_enqueue_locked(struct ring *r)
{
	assert_not_committed();
	hook_link_locked(r, hart_self()->hook);
}

/* From the unlock on the hook belongs to whoever wakes the process. */
void txn_stall_enqueued(struct ring *r)
{
	struct hart *h = hart_self();
	trace(TR_STALL, hook_owner(h->hook)->oid, (u64)r);
	h->hook = NULL;
	spin_unlock(&r->lock);
	resched();
}

void txn_stall(struct ring *r)
{
	stall_enqueue_locked(r);
	txn_stall_enqueued(r);
}

void txn_stall_until(struct ring *r, u64 when)
{
	assert_not_committed();
	hook_link_timed_locked(r, hart_self()->hook, when);
	txn_stall_enqueued(r);
}

bool stall_wake_one_locked(struct ring *r)
{
	struct cap *hook = hook_first_locked(r);
	if (!hook)
		return false;
	sched_wake_locked(hook);
	return true;
}

bool stall_wake_some_locked(struct ring *r, unsigned most)
{
	while (most-- && stall_wake_one_locked(r))
		;
	return !ring_has_hooks_locked(r);
}

static void worry_locked(struct hooked *p)
{
	struct ring *worry = queue_ring(Q_WORRY, 0);
	u64 due = time_now() + WORRY_INTERVAL;
	if (hook_ring(&p->hook) == worry)
		return;
	spin_lock(&worry->lock);
	hook_link_timed_locked(worry, &p->hook, due);
	spin_unlock(&worry->lock);
	timed_alarm(due);
}

/* Wakes the next caller; if more wait, somebody has to worry about p. */
static void serve_next_locked(struct hooked *p)
{
	struct ring *r = &p->obj.ring;
	p->promised = hook_first_locked(r);
	if (stall_wake_one_locked(r) && ring_has_hooks_locked(r))
		worry_locked(p);
}

void proc_become_available(struct process *p)
{
	spin_lock(&proc_ring(p)->lock);
	proc_set_state_locked(p, PST_AVAILABLE, false);
	serve_next_locked(&p->base);
	spin_unlock(&proc_ring(p)->lock);
}

void stall_left_available_locked(struct hooked *p)
{
	p->promised = NULL;
	if (hook_ring(&p->hook))
		hook_unlink(&p->hook);
}

/* Who stalls behind a promise relies on the worrier: it may be broken. */
static bool is_promised_locked(struct hooked *p)
{
	if (!p->promised || p->promised == hart_self()->hook)
		return false;
	worry_locked(p);
	return true;
}

bool proc_await_available(struct process *p, const struct mcap *start)
{
	struct ring *r = proc_ring(p);
	spin_lock(&r->lock);
	bool valid = mcap_is_valid(start, proc_obj(p));
	if (valid &&
	    (p->state != PST_AVAILABLE || is_promised_locked(&p->base)))
		txn_stall(r);
	spin_unlock(&r->lock);
	return valid;
}

/*
 * Serves one member, which may have left meanwhile: ring locks come before
 * queue locks, so the look at the queue is only a hint until both are held.
 * Its hook goes off the queue and, if callers are left, back on for later.
 */
static void worry_about(struct hooked *p)
{
	struct ring *worry = queue_ring(Q_WORRY, 0);
	spin_lock(&p->obj.ring.lock);
	spin_lock(&worry->lock);
	bool still = hook_ring(&p->hook) == worry;
	if (still)
		hook_unlink_locked(&p->hook);
	spin_unlock(&worry->lock);
	if (still)
		serve_next_locked(p);
	spin_unlock(&p->obj.ring.lock);
}

/* The member that is due first, and when; or NULL. */
static struct hooked *worry_first(u64 *due)
{
	struct ring *worry = queue_ring(Q_WORRY, 0);
	spin_lock(&worry->lock);
	struct cap *hook = hook_first_locked(worry);
	*due = hook ? hook_hooked(hook)->until : TIME_NEVER;
	spin_unlock(&worry->lock);
	return hook ? hook_hooked(hook) : NULL;
}

u64 stall_worry(u64 now)
{
	u64 due;
	struct hooked *p = worry_first(&due);
	for (unsigned i = 0; due <= now && i < WORRY_BATCH; i++) {
		worry_about(p);
		p = worry_first(&due);
	}
	return due;
}
