/* Halting: claim under one lock, interrupt, wait for the hart to let go. */
#include <base/bits.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/irq.h>
#include <proc/halt.h>
#include <sched/stall.h>
#include <sched/timed.h>

static struct spinlock stop_lock own_line = SPINLOCK(LR_STOP);

/* Of each stop queue; under the stop lock. */
static struct {
	bool claimed;     /* one of its processes is */
	struct cap *next; /* the hook of the one that it is promised to */
	u64 due;          /* when that ends */
} turns[STOP_QUEUES];

/* Bit per queue that somebody waits on or that is promised: changed under the
   stop lock, read anywhere. */
static struct atomic32 awaited;

static unsigned queue_of(struct process *p)
{
	return proc_obj(p)->oid % STOP_QUEUES;
}

static bool is_awaited(struct process *p)
{
	return atomic32_load_relaxed(&awaited) >> queue_of(p) & 1;
}

/* Under the lock of the queue, too: nobody comes before this process. */
static bool is_its_turn(unsigned q, struct ring *r)
{
	if (turns[q].claimed)
		return false;
	if (turns[q].next)
		return turns[q].next == hart_self()->hook;
	return !ring_has_hooks_locked(r);
}

static noreturn void stall_locked(unsigned q, struct ring *r)
{
	atomic32_or_relaxed(&awaited, 1u << q);
	stall_enqueue_locked(r);
	spin_unlock(&stop_lock);
	txn_stall_enqueued(r);
}

/* Returns with the claim made, or does not return. */
static void claim(struct process *p)
{
	struct hart *h = hart_self();
	unsigned q = queue_of(p);
	struct ring *r = queue_ring(Q_STOP, q);
	spin_lock(&stop_lock);
	if (atomic32_load_relaxed(&h->current->base.claimed)) {
		spin_unlock(&stop_lock);
		resched();
	}
	spin_lock(&r->lock);
	if (!is_its_turn(q, r))
		stall_locked(q, r);
	spin_unlock(&r->lock);
	turns[q].claimed = true;
	turns[q].next = NULL;
	atomic32_store_relaxed(&p->base.claimed, h->id + 1);
	h->claim = p;
	spin_unlock(&stop_lock);
}

/*
 * Interrupts the hart that has p loaded; returns 1 + that hart.  The interrupt
 * finds it in user mode, or makes it look on its way there.
 */
static u32 interrupt_its_hart(struct process *p, u32 last)
{
	u32 on = atomic32_load_relaxed(&p->loaded);
	if (on && on != last) {
		trace(TR_HALT, proc_obj(p)->oid, on - 1);
		ipi_send(on - 1);
	}
	return on;
}

enum lock_result halt_and_lock(struct process *p)
{
	struct mrow *lock = &proc_obj(p)->lock;
	if (p == proc_current())
		return LOCK_ALIASED;
	if (likely(!is_awaited(p)) && mrow_try_write(lock) == LOCK_OK)
		return LOCK_OK;
	claim(p);
	/* A hart that looked before the claim may load it once more. */
	for (u32 on = 0; mrow_try_write(lock) != LOCK_OK; spin_hint())
		on = interrupt_its_hart(p, on);
	return LOCK_OK;
}

/* The queue has no claim and no promise: wakes the first, if there is one. */
static void serve_next_locked(unsigned q)
{
	struct ring *r = queue_ring(Q_STOP, q);
	spin_lock(&r->lock);
	turns[q].next = hook_first_locked(r);
	if (turns[q].next) {
		turns[q].due = time_now() + STOP_PATIENCE;
		timed_alarm(turns[q].due);
		stall_wake_one_locked(r);
	} else {
		atomic32_and_relaxed(&awaited, ~(1u << q));
	}
	spin_unlock(&r->lock);
}

void halt_drop_claim(void)
{
	struct hart *h = hart_self();
	struct process *p = h->claim;
	unsigned q = queue_of(p);
	spin_lock(&stop_lock);
	h->claim = NULL;
	atomic32_store_relaxed(&p->base.claimed, 0);
	turns[q].claimed = false;
	serve_next_locked(q);
	spin_unlock(&stop_lock);
	/* Dispatch passed it by: now it can be had. */
	sched_offer_rest();
}

/* Returns when the promise of the queue ends, if there is one now. */
static u64 worry_about_locked(unsigned q, u64 now)
{
	if (turns[q].next && turns[q].due <= now)
		serve_next_locked(q);
	return turns[q].next ? turns[q].due : TIME_NEVER;
}

u64 halt_worry(u64 now)
{
	u32 left = atomic32_load_relaxed(&awaited);
	u64 next = TIME_NEVER;
	if (likely(!left))
		return next;
	spin_lock(&stop_lock);
	for (; left; left &= left - 1) {
		u64 due = worry_about_locked(bit_lowest(left), now);
		next = MIN(next, due);
	}
	spin_unlock(&stop_lock);
	return next;
}
