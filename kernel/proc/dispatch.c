#include <diag/check.h>
#include <diag/trace.h>
#include <hal/irq.h>
#include <obj/reserve.h>
#include <proc/dispatch.h>
#include <proc/meter.h>
#include <sched/timed.h>

/*
 * Charges the time since it was loaded.  True if its quantum is used up, or
 * what is left of it would not take it anywhere.
 */
static bool charge(struct process *p)
{
	struct hart *h = hart_self();
	u64 now = time_now(), used = now - h->loaded_at;
	bool up = h->quantum_end < now + QUANTUM_MIN;
	p->ticks += used;
	p->owed += used;
	if (h->quantum_end != TIME_NEVER) /* else it never got to run */
		p->quantum_left = up ? 0 : h->quantum_end - now;
	h->quantum_end = TIME_NEVER;
	return up;
}

void proc_put_back(void)
{
	struct hart *h = hart_self();
	struct process *p = h->current;
	if (!p)
		return;
	bool up = charge(p);
	bool goes_on = h->hook && p->state == PST_RUNNING;
	atomic32_store_relaxed(&p->loaded, 0);
	h->current = NULL;
	h->hook = NULL;
	if (goes_on)
		proc_make_ready(p, up ? READY_HERE : READY_PREEMPTED);
	else
		p->quantum_left = 0;
	mrow_drop(&proc_obj(p)->lock);
}

bool proc_load_next(void)
{
	struct hart *h = hart_self();
	struct cap *hook = sched_pop();
	if (!hook)
		return false;
	struct process *p = hook_process(hook);
	kassert(p->state == PST_RUNNING);
	trace(TR_DISPATCH, proc_obj(p)->oid, hook_priority(hook));
	mrow_keep(&proc_obj(p)->lock);
	h->current = p;
	h->hook = hook;
	h->regs = &p->regs;
	h->loaded_at = time_now();
	h->quantum_end = TIME_NEVER;
	atomic32_store_relaxed(&p->loaded, h->id + 1);
	atomic32_store_relaxed(&h->priority, 1 + hook_priority(hook));
	sched_offer_rest();
	return true;
}

static u64 full_quantum(const struct process *p)
{
	u64 ticks = atomic64_load_relaxed(&p->slot[PS_SCHEDULE].name);
	if (ticks == 0)
		return QUANTUM_DEFAULT;
	return MIN(MAX(ticks, QUANTUM_MIN), QUANTUM_MAX);
}

enum fault_code proc_settle(enum proc_slot *slot)
{
	struct hart *h = hart_self();
	struct process *p = h->current;
	u64 left = TIME_NEVER;
	*slot = PS_SCHEDULE;
	if (proc_priority(p) < 0)
		return FAULT_MALFORMED;
	*slot = PS_METER;
	enum fault_code code = meter_settle(p, &left);
	if (code != FAULT_NONE)
		return code;
	reserve_dirty(proc_obj(p));
	u64 quantum = p->quantum_left ? p->quantum_left : full_quantum(p);
	h->quantum_end = h->loaded_at + MIN(quantum, left);
	timed_program();
	return FAULT_NONE;
}
