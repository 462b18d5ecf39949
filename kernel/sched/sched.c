#include <base/bits.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <sched/sched.h>

/* Bit per priority; set under that queue's lock. */
static struct atomic32 ready_mask own_line;

int sched_highest(void)
{
	u32 mask = atomic32_load_relaxed(&ready_mask);
	return mask ? (int)bit_highest(mask) : -1;
}

bool sched_has_above(unsigned priority)
{
	return atomic32_load_relaxed(&ready_mask) >> priority >> 1;
}

/* The hart that runs the least; one that idles runs less than any. */
static struct hart *least_busy(void)
{
	struct hart *least = NULL;
	u32 lowest = ~0u;
	for (u32 i = 0; i < hart_count(); i++) {
		struct hart *h = &harts[i];
		if (h->chaos)
			continue;
		u32 priority = atomic32_load_relaxed(&h->priority);
		if (priority < lowest) {
			lowest = priority;
			least = h;
		}
	}
	return least;
}

static void kick_for(unsigned priority)
{
	struct hart *h = hart_self(), *least;
	/*
	 * The queue was written before, the priorities are read after; a hart
	 * that goes idle writes its priority first and then reads the queue.
	 * So one of the two sees the other.
	 */
	fence_full();
	least = least_busy();
	if (!least || atomic32_load_relaxed(&least->priority) > priority)
		return;
	if (least != h)
		h->kicks |= 1u << least->id;
	else if (h->current) /* else it is about to dispatch anyway */
		atomic32_store_relaxed(&h->need_resched, 1);
}

void sched_ready(struct cap *hook, enum ready_how how)
{
	unsigned priority = hook_priority(hook);
	struct ring *r = queue_ring(Q_READY, priority);
	spin_lock(&r->lock);
	if (how == READY_PREEMPTED)
		hook_link_first_locked(r, hook);
	else
		hook_link_locked(r, hook);
	atomic32_or_relaxed(&ready_mask, 1u << priority);
	spin_unlock(&r->lock);
	if (how == READY_WOKEN)
		kick_for(priority);
}

void sched_wake_locked(struct cap *hook)
{
	unsigned priority = hook_priority(hook);
	struct ring *r = queue_ring(Q_READY, priority);
	trace(TR_WAKE, hook_owner(hook)->oid, priority);
	spin_lock(&r->lock);
	hook_move_locked(r, hook);
	atomic32_or_relaxed(&ready_mask, 1u << priority);
	spin_unlock(&r->lock);
	kick_for(priority);
}

/* Under the lock of the ring it is on.  True: it was ready, and is on none. */
static bool change_locked(struct cap *hook, struct ring *r, unsigned priority)
{
	bool ready = r->lock.rank == LR_READY;
	if (ready)
		hook_unlink_locked(hook);
	hook_set_priority(hook, priority);
	return ready;
}

void sched_set_priority(struct cap *hook, unsigned priority)
{
	struct ring *r;
	bool still = false, ready = false;
	while (!still && (r = hook_ring(hook))) {
		spin_lock(&r->lock);
		still = hook_ring(hook) == r;
		if (still)
			ready = change_locked(hook, r, priority);
		spin_unlock(&r->lock);
	}
	if (!still)
		hook_set_priority(hook, priority);
	if (ready)
		sched_ready(hook, READY_WOKEN);
}

/*
 * A process whose lock is taken is being put back or worked on: it stays
 * where it is, and the hart that has it will soon be done.
 */
static bool claim_lock(struct cap *hook)
{
	struct hooked *p = hook_hooked(hook);
	return !atomic32_load_relaxed(&p->claimed) &&
	       mrow_try_write(&p->obj.lock) == LOCK_OK;
}

static struct cap *pop_locked(struct ring *r)
{
	struct link *l = r->divider.next;
	while (l != &r->head && !claim_lock(cap_of_link(l))) {
		/* Passed by only for the moment: look again before user mode. */
		atomic32_store_relaxed(&hart_self()->need_resched, 1);
		l = l->next;
	}
	if (l == &r->head)
		return NULL;
	hook_unlink_locked(cap_of_link(l));
	return cap_of_link(l);
}

static struct cap *pop_priority(unsigned priority)
{
	struct ring *r = queue_ring(Q_READY, priority);
	spin_lock(&r->lock);
	struct cap *hook = pop_locked(r);
	if (!ring_has_hooks_locked(r))
		atomic32_and_relaxed(&ready_mask, ~(1u << priority));
	spin_unlock(&r->lock);
	return hook;
}

struct cap *sched_pop(void)
{
	u32 mask = atomic32_load_relaxed(&ready_mask);
	struct cap *hook = NULL;
	while (mask && !hook) {
		unsigned priority = bit_highest(mask);
		mask &= ~(1u << priority);
		hook = pop_priority(priority);
	}
	return hook;
}

/*
 * This hart's own priority was written before the queues are read, as when it
 * goes idle (kick_for).
 */
void sched_offer_rest(void)
{
	fence_full();
	int priority = sched_highest();
	if (priority >= 0)
		kick_for((unsigned)priority);
}

void sched_send_kicks(void)
{
	struct hart *h = hart_self();
	while (h->kicks) {
		u32 id = bit_lowest(h->kicks);
		h->kicks &= h->kicks - 1;
		trace(TR_KICK, id, 0);
		ipi_send(id);
	}
}
