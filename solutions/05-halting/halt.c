/* Halting: claim under one lock, interrupt, wait for the hart to let go. */
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/irq.h>
#include <lock/discipline.h>
#include <proc/halt.h>
#include <sched/stall.h>

static struct spinlock stop_lock own_line = SPINLOCK(LR_STOP);

static struct ring *stop_queue(struct process *p)
{
	return queue_ring(Q_STOP, proc_obj(p)->oid % STOP_QUEUES);
}

static bool is_claimed(struct process *p)
{
	return p && atomic32_load_relaxed(&p->base.claimed);
}

/* Returns with the claim made, or does not return. */
static void claim(struct process *p)
{
	struct hart *h = hart_self();
	spin_lock(&stop_lock);
	if (is_claimed(h->current)) {
		spin_unlock(&stop_lock);
		resched();
	}
	if (is_claimed(p)) {
		struct ring *r = stop_queue(p);
		spin_lock(&r->lock);
		spin_unlock(&stop_lock);
		txn_stall(r);
	}
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
	enum lock_result r = mrow_try_write(&proc_obj(p)->lock);
	if (r != LOCK_BUSY)
		return r;
	if (!atomic32_load_relaxed(&p->loaded))
		discipline_restart(&proc_obj(p)->lock);
	claim(p);
	/* A hart that looked before the claim may load it once more. */
	for (u32 on = 0; r == LOCK_BUSY; spin_hint()) {
		on = interrupt_its_hart(p, on);
		r = mrow_try_write(&proc_obj(p)->lock);
	}
	return r;
}

void halt_drop_claim(void)
{
	struct hart *h = hart_self();
	struct process *p = h->claim;
	struct ring *r = stop_queue(p);
	spin_lock(&stop_lock);
	spin_lock(&r->lock);
	h->claim = NULL;
	atomic32_store_relaxed(&p->base.claimed, 0);
	/* All of them: the queue is hashed, the first may want another. */
	stall_wake_some_locked(r, ~0u);
	spin_unlock(&r->lock);
	spin_unlock(&stop_lock);
	sched_offer_rest();
}
