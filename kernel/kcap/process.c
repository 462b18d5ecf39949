#include <base/string.h>
#include <kcap/kcap.h>
#include <proc/process.h>

/* Locks the target; RC_VOID, or RC_ALIASED where it is not to be itself. */
static enum result_code lock(struct msg *m, struct process **p, bool other,
			     size_t out_most)
{
	bool aliased;
	if (!op_lock(m, &m->target, p, &aliased, NULL, out_most))
		return RC_VOID;
	return other && aliased ? RC_ALIASED : RC_OK;
}

/*
 * What p stalled for may not be what it wants any more: it is made ready, and
 * finds out.  Junk stays junk.
 */
static void look_again(struct process *p)
{
	struct ring *r = hook_ring(&p->base.hook);
	if (p->state != PST_RUNNING || !r || r == queue_ring(Q_JUNK, 0))
		return;
	hook_unlink(&p->base.hook);
	proc_make_ready(p, READY_WOKEN);
}

static enum result_code get_regs(struct msg *m)
{
	struct process *p;
	enum result_code rc = lock(m, &p, true, sizeof(p->regs));
	if (rc != RC_OK)
		return rc;
	commit_point();
	op_string(m, &p->regs, sizeof(p->regs));
	return RC_OK;
}

static enum result_code set_regs(struct msg *m)
{
	struct process *p;
	if (m->length != sizeof(p->regs))
		return RC_STRING;
	enum result_code rc = lock(m, &p, true, 0);
	if (rc != RC_OK)
		return rc;
	commit_point();
	memcpy(&p->regs, m->string, sizeof(p->regs));
	p->regs.x[0] = 0;
	look_again(p);
	return RC_OK;
}

/* The slot an order names, or NULL. */
static struct cap *slot_of(struct process *p, u64 order, u64 i)
{
	if (order == PROC_GET_CAP || order == PROC_SET_CAP)
		return i < CAP_REGS ? &p->cap[i] : NULL;
	return i < PS_COUNT ? &p->slot[i] : NULL;
}

static enum result_code get_slot(struct msg *m)
{
	struct process *p;
	enum result_code rc = lock(m, &p, false, 0);
	if (rc != RC_OK)
		return rc;
	struct cap *slot = slot_of(p, m->word[0], m->word[1]);
	if (!slot)
		return RC_ARGUMENT;
	commit_point();
	cap_read(slot, &m->out_cap);
	return RC_OK;
}

/* What was derived from the slots of the process loaded here is made anew. */
static void reload(void)
{
	atomic32_store_relaxed(&hart_self()->need_resched, 1);
}

/* Register 0 stays void: what is put there is thrown away. */
static enum result_code set_slot(struct msg *m)
{
	struct process *p;
	enum result_code rc = lock(m, &p, false, 0);
	if (rc != RC_OK)
		return rc;
	struct cap *slot = slot_of(p, m->word[0], m->word[1]);
	if (!slot)
		return RC_ARGUMENT;
	commit_point();
	if (slot != &p->cap[0])
		cap_write(slot, &m->cap[0]);
	if (p == proc_current() && m->word[0] == PROC_SET_SLOT)
		reload();
	else if (slot == &p->slot[PS_SCHEDULE])
		proc_reschedule(p);
	return RC_OK;
}

static enum result_code make_start(struct msg *m)
{
	if (m->word[1] > 0xffff)
		return RC_ARGUMENT;
	m->out_cap = m->target;
	m->out_cap.meta = META(CT_START, 0, m->word[1]);
	return RC_OK;
}

static enum result_code get_state(struct msg *m)
{
	struct process *p;
	enum result_code rc = lock(m, &p, false, 0);
	if (rc != RC_OK)
		return rc;
	commit_point();
	m->out_word[1] = p->state;
	return RC_OK;
}

/* What it was doing goes on when the resume capability is used. */
static enum result_code stop(struct msg *m)
{
	struct process *p;
	enum result_code rc = lock(m, &p, true, 0);
	if (rc != RC_OK)
		return rc;
	commit_point();
	bool resting = p->state == PST_RUNNING || p->resting;
	hook_unlink(&p->base.hook);
	proc_set_state(p, PST_WAITING, resting);
	m->out_cap = proc_resume_cap(p);
	return RC_OK;
}

static enum result_code make_available(struct msg *m)
{
	struct process *p;
	enum result_code rc = lock(m, &p, true, 0);
	if (rc != RC_OK)
		return rc;
	commit_point();
	hook_unlink(&p->base.hook);
	proc_become_available(p);
	return RC_OK;
}

static enum result_code set_name(struct msg *m)
{
	struct process *p;
	if (m->length >= PROC_NAME)
		return RC_STRING;
	enum result_code rc = lock(m, &p, false, 0);
	if (rc != RC_OK)
		return rc;
	commit_point();
	memset(p->name, 0, PROC_NAME);
	memcpy(p->name, m->string, m->length);
	return RC_OK;
}

static enum result_code make_resume(struct msg *m)
{
	struct process *p;
	enum result_code rc = lock(m, &p, true, 0);
	if (rc != RC_OK)
		return rc;
	if (p->state != PST_WAITING)
		return RC_STATE;
	commit_point();
	m->out_cap = proc_resume_cap(p);
	return RC_OK;
}

enum result_code op_process(struct msg *m)
{
	static op_function *const orders[] = {
		[PROC_GET_REGS] = get_regs,   [PROC_SET_REGS] = set_regs,
		[PROC_GET_CAP] = get_slot,    [PROC_SET_CAP] = set_slot,
		[PROC_GET_SLOT] = get_slot,   [PROC_SET_SLOT] = set_slot,
		[PROC_MAKE_START] = make_start, [PROC_GET_STATE] = get_state,
		[PROC_STOP] = stop,           [PROC_AVAILABLE] = make_available,
		[PROC_SET_NAME] = set_name,   [PROC_RESUME] = make_resume,
	};
	u64 order = m->word[0];
	return order < ARRAY_SIZE(orders) ? orders[order](m) : RC_ORDER;
}
