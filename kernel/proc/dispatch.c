#include <diag/check.h>
#include <diag/trace.h>
#include <hal/irq.h>
#include <obj/reserve.h>
#include <proc/dispatch.h>
#include <proc/meter.h>
#include <sched/timed.h>

/* Charges the time since it was loaded; true if its quantum is used up. */
static bool charge(struct process *p)
{
	struct hart *h = hart_self();
	u64 now = time_now(), used = now - h->loaded_at;
	bool up = now >= h->quantum_end;
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

void proc_hand_over(struct process *to)
{
	struct hart *h = hart_self();
	int priority = proc_priority(to);
	u64 now = time_now();
	if (priority < sched_highest() || h->quantum_end == TIME_NEVER ||
	    h->quantum_end < now + QUANTUM_MIN) {
		proc_make_ready(to, READY_HERE);
		return;
	}
	hook_set_priority(&to->base.hook, (unsigned)MAX(priority, 0));
	to->quantum_left = h->quantum_end - now;
	mrow_keep(&proc_obj(to)->lock);
	h->next = to;
}

/* The process that was handed the hart, unless a better one came up since. */
static struct process *take_next(void)
{
	struct hart *h = hart_self();
	struct process *p = h->next;
	if (!p)
		return NULL;
	h->next = NULL;
	if (sched_highest() <= (int)hook_priority(&p->base.hook))
		return p;
	proc_make_ready(p, READY_HERE);
	mrow_drop(&proc_obj(p)->lock);
	return NULL;
}

static struct process *take_ready(void)
{
	struct cap *hook = sched_pop();
	if (!hook)
		return NULL;
	mrow_keep(&hook_owner(hook)->lock);
	return hook_process(hook);
}

bool proc_load_next(void)
{
	struct hart *h = hart_self();
	struct process *p = take_next();
	if (!p && !(p = take_ready()))
		return false;
	kassert(p->state == PST_RUNNING);
	trace(TR_DISPATCH, proc_obj(p)->oid, hook_priority(&p->base.hook));
	h->current = p;
	h->hook = &p->base.hook;
	h->regs = &p->regs;
	h->loaded_at = time_now();
	h->quantum_end = TIME_NEVER;
	atomic32_store_relaxed(&p->loaded, h->id + 1);
	atomic32_store_relaxed(&h->priority,
			       1 + hook_priority(&p->base.hook));
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
