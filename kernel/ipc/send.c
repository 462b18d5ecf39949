#include <abi/invoke.h>
#include <diag/check.h>
#include <ipc/send.h>
#include <lock/commit.h>
#include <lock/discipline.h>
#include <obj/reserve.h>
#include <proc/dispatch.h>

/* Somebody else has its lock, and it becomes available, or ceases to be. */
static noreturn seldom void contended(struct obj *o)
{
	discipline_restart(&o->lock);
}

/* Write-locks the process of a start capability in its available state. */
static struct process *lock_available(const struct mcap *start)
{
	struct obj *o = mcap_find(start);
	if (!o)
		return NULL;
	enum lock_result r = mrow_try_write(&o->lock);
	if (!proc_await_available(obj_process(o), start))
		return NULL;
	if (r == LOCK_BUSY)
		contended(o);
	return obj_process(o);
}

/* Somebody else has its lock: if it waits for this all the same, try again. */
static seldom void restart_if_waiting(struct process *p,
				      const struct mcap *resume)
{
	spin_lock(&proc_ring(p)->lock);
	bool waits = proc_waits_for(p, resume);
	spin_unlock(&proc_ring(p)->lock);
	if (waits)
		discipline_restart(&proc_obj(p)->lock);
}

struct process *lock_waiting(const struct mcap *resume)
{
	struct obj *o = mcap_find(resume);
	if (!o)
		return NULL;
	struct process *p = obj_process(o);
	if (mrow_try_write(&o->lock) != LOCK_BUSY)
		return proc_waits_for(p, resume) ? p : NULL;
	restart_if_waiting(p, resume);
	return NULL;
}

/* It receives, or goes on where it was; false: it is junk. */
static inline bool set_going(struct process *p, const struct delivery *d)
{
	bool rested = p->resting;
	proc_set_state(p, PST_RUNNING, false);
	if (rested && d->word[0] != RC_OK) {
		proc_junk(p, p->fault);
		return false;
	}
	p->fault = FAULT_NONE;
	if (!rested)
		deliver(p, d);
	return true;
}

void wake_with(struct process *p, const struct delivery *d)
{
	if (set_going(p, d))
		proc_make_ready(p, READY_WOKEN);
}

/* What becomes of the invoker; *resume is its capability if it waits. */
static inline void invoker_leaves(struct process *p, enum send_mode mode,
				  struct mcap *resume)
{
	if (mode != SEND_FAULT)
		proc_finish_invocation(p);
	if (mode == SEND_AVAILABLE) {
		proc_become_available(p);
	} else {
		proc_set_state(p, PST_WAITING, mode == SEND_FAULT);
		*resume = proc_resume_cap(p);
	}
}

/* Prepare, commit, perform: the receiver is write-locked and receptive. */
static void send(struct msg *m, struct process *to, enum send_mode mode,
		 u16 badge)
{
	struct process *from = proc_current();
	struct delivery d = {
		.word = m->word, .cap = m->cap, .caps = m->caps,
		.resume = &m->resume, .badge = badge,
	};
	if (m->length)
		deliver_open(to, m->length, &m->window);
	reserve_dirty(proc_obj(to));
	commit_point();
	if (m->length)
		d.length = umem_fill(&m->window, m->string, m->length);
	if (mode == SEND_GO_ON) {
		proc_finish_invocation(from);
		from->regs.x[REG_A0] = RC_OK;
		wake_with(to, &d);
		return;
	}
	invoker_leaves(from, mode, &m->resume);
	if (set_going(to, &d))
		proc_hand_over(to);
	resched();
}

bool send_to_start(struct msg *m, enum send_mode mode)
{
	struct process *to = lock_available(&m->target);
	if (!to)
		return false;
	send(m, to, mode, META_BADGE(m->target.meta));
	return true;
}

bool send_to_resume(struct msg *m, enum send_mode mode)
{
	struct process *to = lock_waiting(&m->target);
	if (!to)
		return false;
	send(m, to, mode, 0);
	return true;
}
