#include <base/string.h>
#include <cap/cap.h>
#include <diag/check.h>
#include <proc/process.h>
#include <sched/stall.h>

const char *const proc_state_names[] = {
#define X(id, n, name) [id] = name,
	PROC_STATES(X)
#undef X
};

const char *const fault_names[] = {
#define X(id, n, name) [id] = name,
	FAULTS(X)
#undef X
};

/*
 * The legal changes of state.
 *
 *      from \ to   available       running          waiting
 *      available   (made so again) gets a message   is stopped
 *      running     WAIT            (kept running)   CALL, fault, stop
 *      waiting     made so         gets an answer   is stopped
 */
const bool proc_legal[PST_COUNT][PST_COUNT] = {
	[PST_AVAILABLE] = { true, true, true },
	[PST_RUNNING] = { true, false, true },
	[PST_WAITING] = { true, true, true },
};

void proc_header_init(struct obj *o)
{
	struct process *p = obj_process(o);
	hook_init(&p->base.hook);
	for (unsigned i = 0; i < CAP_REGS; i++)
		cap_init(&p->cap[i], &MCAP_VOID);
	for (unsigned i = 0; i < PS_COUNT; i++)
		cap_init(&p->slot[i], &MCAP_VOID);
}

static void clear_slots(struct cap *slot, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		cap_clear(&slot[i]);
}

void proc_header_clear(struct process *p)
{
	kassert(mrow_is_write_held(&proc_obj(p)->lock));
	kassert(!hook_ring(&p->base.hook));
	clear_slots(p->cap, CAP_REGS);
	clear_slots(p->slot, PS_COUNT);
	memset(&p->regs, 0, sizeof(p->regs));
	memset(p->name, 0, sizeof(p->name));
	p->fault = FAULT_NONE;
	p->ticks = p->owed = p->quantum_left = 0;
	/* Not a change of state but of the tenant. */
	spin_lock(&proc_ring(p)->lock);
	p->state = PST_AVAILABLE;
	p->resting = false;
	p->calls = 0;
	spin_unlock(&proc_ring(p)->lock);
}

bool proc_must_stay_locked(struct process *p)
{
	return hook_ring(&p->base.hook) || p->base.promised ||
	       ring_has_hooks_locked(proc_ring(p)) ||
	       atomic32_load_relaxed(&p->base.claimed);
}

void proc_make_ready(struct process *p, enum ready_how how)
{
	int priority = proc_priority(p);
	kassert(p->state == PST_RUNNING);
	kassert(!hook_ring(&p->base.hook));
	hook_set_priority(&p->base.hook, priority < 0 ? 0 : (unsigned)priority);
	sched_ready(&p->base.hook, how);
}

void proc_reschedule(struct process *p)
{
	int priority = proc_priority(p);
	sched_set_priority(&p->base.hook, priority < 0 ? 0 : (unsigned)priority);
}

void proc_junk(struct process *p, enum fault_code fault)
{
	struct ring *junk = queue_ring(Q_JUNK, 0);
	kassert(p->state == PST_RUNNING);
	p->fault = (u8)fault;
	spin_lock(&junk->lock);
	hook_link_locked(junk, &p->base.hook);
	if (p == proc_current())
		hart_self()->hook = NULL;
	spin_unlock(&junk->lock);
}

void proc_check(struct process *p)
{
	u32 on = atomic32_load_relaxed(&p->loaded);
	for (unsigned i = 0; i < CAP_REGS; i++)
		cap_check(&p->cap[i]);
	for (unsigned i = 0; i < PS_COUNT; i++)
		cap_check(&p->slot[i]);
	if (on != hart_self()->id + 1)
		return;
	if (p->state != PST_RUNNING || hook_ring(&p->base.hook))
		panic(__func__, "process %lu is loaded but %s%s",
		      proc_obj(p)->oid, proc_state_names[p->state],
		      hook_ring(&p->base.hook) ? ", on a queue" : "");
}
