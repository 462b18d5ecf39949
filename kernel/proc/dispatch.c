#include <diag/check.h>
#include <diag/trace.h>
#include <hal/irq.h>
#include <obj/reserve.h>
#include <proc/dispatch.h>
#include <proc/meet.h>
#include <proc/meter.h>
#include <sched/timed.h>

/* p, write-locked and kept, has this hart from `now` on. */
static void load(struct process *p, u64 now)
{
	struct hart *h = hart_self();
	kassert(p->state == PST_RUNNING);
	trace(TR_DISPATCH, proc_obj(p)->oid, hook_priority(&p->base.hook));
	h->current = p;
	h->hook = &p->base.hook;
	h->regs = &p->regs;
	h->loaded_at = now;
	atomic32_store_relaxed(&p->loaded, h->id + 1);
}

/* Charges the time since then; one that could not be dirtied has used none. */
static void unload(struct process *p, u64 now)
{
	u64 used = now - hart_self()->loaded_at;
	if (likely(obj_is_dirty(proc_obj(p)))) {
		p->ticks += used;
		p->owed += used;
	}
	atomic32_store_relaxed(&p->loaded, 0);
}

/* Back to its queue with the rest of its quantum, if that has begun. */
static void queue_again(struct process *p, u64 now)
{
	u64 end = hart_self()->quantum_end;
	bool up = now >= end;
	if (end != TIME_NEVER)
		p->quantum_left = up ? 0 : end - now;
	proc_make_ready(p, up ? READY_HERE : READY_PREEMPTED);
}

void proc_put_back(void)
{
	struct hart *h = hart_self();
	struct process *p = h->current;
	if (!p)
		return;
	u64 now = time_now();
	bool goes_on = h->hook && p->state == PST_RUNNING;
	unload(p, now);
	h->current = NULL;
	h->hook = NULL;
	if (goes_on)
		queue_again(p, now);
	else
		p->quantum_left = 0;
	h->quantum_end = TIME_NEVER;
	mrow_drop(&proc_obj(p)->lock);
}

/*
 * Whether the hart may go on at this priority, on the quantum that runs.  Its
 * priority is published before the queues are looked at, as whoever readies a
 * process writes the queue and then looks at the priorities.
 */
static bool may_go_on(int priority, u64 now)
{
	struct hart *h = hart_self();
	if (priority < 0 || h->quantum_end == TIME_NEVER ||
	    h->quantum_end < now + QUANTUM_MIN)
		return false;
	atomic32_store_relaxed(&h->priority, 1 + (u32)priority);
	fence_full();
	return !sched_has_above((unsigned)priority);
}

void proc_hand_over(struct process *to)
{
	struct process *from = proc_current();
	int priority = proc_priority(to);
	u64 now = time_now();
	kassert(from->state != PST_RUNNING);
	/* Whoever halts it waits for its lock: loading it would keep that. */
	if (atomic32_load_relaxed(&to->base.claimed) ||
	    !may_go_on(priority, now)) {
		proc_make_ready(to, READY_HERE);
		resched();
	}
	hook_set_priority(&to->base.hook, (unsigned)priority);
	unload(from, now);
	from->quantum_left = 0;
	mrow_keep(&proc_obj(to)->lock);
	load(to, now);
	mrow_drop(&proc_obj(from)->lock);
	txn_hand_over();
}

bool proc_load_next(void)
{
	struct hart *h = hart_self();
	meet_if_called();
	struct cap *hook = sched_pop();
	if (!hook)
		return false;
	mrow_keep(&hook_owner(hook)->lock);
	load(hook_process(hook), time_now());
	atomic32_store_relaxed(&h->priority, 1 + hook_priority(hook));
	sched_offer_rest();
	return true;
}

/* The rest that it kept, or else what its schedule gives. */
static u64 quantum_of(const struct process *p)
{
	u64 ticks = atomic64_load_relaxed(&p->slot[PS_SCHEDULE].name);
	if (p->quantum_left)
		return p->quantum_left;
	if (ticks == 0)
		return QUANTUM_DEFAULT;
	return MIN(MAX(ticks, QUANTUM_MIN), QUANTUM_MAX);
}

static seldom enum fault_code settle(struct process *p)
{
	struct hart *h = hart_self();
	enum fault_code code;
	reserve_dirty(proc_obj(p));
	if (proc_priority(p) < 0)
		return FAULT_MALFORMED;
	if (h->quantum_end == TIME_NEVER)
		h->quantum_end = h->loaded_at + quantum_of(p);
	if (cap_type(&p->slot[PS_METER]) == CT_VOID)
		p->owed = 0;
	else if ((code = meter_settle(p)) != FAULT_NONE)
		return code;
	timed_program();
	return FAULT_NONE;
}

/* Handed the hart, its quantum running (so its schedule is a good one), and no
   meter: there is nothing to do but to forget what it owes. */
enum fault_code proc_settle(void)
{
	struct hart *h = hart_self();
	struct process *p = h->current;
	if (h->quantum_end == TIME_NEVER ||
	    h->timer != MIN(h->alarm, h->quantum_end) ||
	    cap_type(&p->slot[PS_METER]) != CT_VOID ||
	    !obj_is_dirty(proc_obj(p)))
		return settle(p);
	p->owed = 0;
	return FAULT_NONE;
}

enum proc_slot proc_unsettled_slot(const struct process *p)
{
	return proc_priority(p) < 0 ? PS_SCHEDULE : PS_METER;
}
