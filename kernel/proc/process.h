/*
 * Processes.
 *
 * A process is an object, and differs from the others in its locking: while
 * it is loaded on a hart that hart holds its write lock, in the kernel and in
 * user mode, until resched() puts it back (proc/dispatch.h).  So preparing a
 * start, resume or process capability takes no lock; whoever wants to change
 * a process tries its lock, and halts it if it is loaded (proc/halt.h).
 *
 * Invariants
 *  1. A loaded process is running, never available, and has no hook on a ring.
 *  2. `state` and `calls` change under the process's write lock *and* its
 *     ring's lock, by proc_set_state_locked() only: so "is it available? else
 *     stall" and "become available and wake" exclude each other.
 *  3. A running process is loaded, or claimed by resched() on some hart, or
 *     its hook is on a ring.
 *  4. Resume capabilities are good while they carry `calls` and the process is
 *     waiting.  Ending the wait counts on, which voids all copies at once.
 */
#pragma once

#include <abi/faults.h>
#include <cap/cap.h>
#include <hal/hart.h>
#include <sched/sched.h>
#include <sched/stall.h>

#define PROC_NAME 16
#define CALLS_BITS 48
#define CALLS_MAX ((1ul << CALLS_BITS) - 1)

struct process {
	struct hooked base;     /* object header, hook */

	/* under base.obj.lock */
	struct proc_regs regs;
	struct cap cap[CAP_REGS];
	struct cap slot[PS_COUNT];
	char name[PROC_NAME];
	u8 fault;               /* enum fault_code: why it waits, or is junk */
	u64 ticks;              /* time used */
	u64 owed;               /* of it, not yet charged to its meter */
	u64 quantum_left;       /* ticks; 0: a full quantum at the next load */

	/* under base.obj.lock and the ring's lock (invariant 2) */
	u8 state;               /* enum proc_state */
	bool resting;           /* waits by fault or stop: an answer leaves its
	                           registers alone */
	u64 calls;

	/* atomic; written by the hart that loads it */
	struct atomic32 loaded; /* 1 + hart, or 0 */
};

static inline struct process *obj_process(struct obj *o)
{
	return container_of(o, struct process, base.obj);
}

static inline struct obj *proc_obj(struct process *p)
{
	return &p->base.obj;
}

static inline struct ring *proc_ring(struct process *p)
{
	return &p->base.obj.ring;
}

static inline struct process *hook_process(struct cap *hook)
{
	return container_of(hook, struct process, base.hook);
}

/* The process loaded on this hart, or NULL. */
static inline struct process *proc_current(void)
{
	return hart_self()->current;
}

/* Boot: sets up a header that was never used. */
void proc_header_init(struct obj *o);

/*
 * Its tenant is leaving (obj_remove()): all is void and zero, as in a process
 * never made.  What of it the disk does not have is lost: the rest of its
 * quantum.  p is write-locked.
 */
void proc_header_clear(struct process *p);

/*
 * Under p's ring lock: whether it has to stay in memory, because it waits
 * somewhere, or others wait for it, or will.
 */
bool proc_must_stay_locked(struct process *p);

/* The legal changes of state, [from][to]. */
extern const bool proc_legal[PST_COUNT][PST_COUNT];

/*
 * The one place that changes a state.  Under the write lock and the ring's
 * lock.  Leaving PST_WAITING voids the resume capabilities; leaving
 * PST_AVAILABLE ends worrying about it.
 */
static inline void proc_set_state_locked(struct process *p,
					 enum proc_state state, bool resting)
{
	kassert(spin_is_held(LR_RING));
	kassert(mrow_is_write_held(&proc_obj(p)->lock));
	kassert(proc_legal[p->state][state]);
	if (p->state == PST_WAITING)
		p->calls++;
	if (p->state == PST_AVAILABLE)
		stall_left_available_locked(&p->base);
	p->state = state;
	p->resting = resting;
}

/* The same, taking the ring's lock. */
static inline void proc_set_state(struct process *p, enum proc_state state,
				  bool resting)
{
	spin_lock(&proc_ring(p)->lock);
	proc_set_state_locked(p, state, resting);
	spin_unlock(&proc_ring(p)->lock);
}

/*
 * The two that sched/stall.h is about; lab 4 writes them, too.
 *
 * Makes p available and wakes one of its callers.  p is write-locked, and its
 * hook is on no ring.
 */
void proc_become_available(struct process *p);

/*
 * Returns true if p is available, and not promised to another than the
 * process loaded here; false if the start capability to it is void.  Else
 * stalls the process loaded here on p's ring.  If p is not write-locked by
 * this hart, what it returns may be past already.
 */
bool proc_await_available(struct process *p, const struct mcap *start);

/* The invocation that p is executing is done: moves it past. */
static inline void proc_finish_invocation(struct process *p)
{
	p->regs.pc += INVOKE_LENGTH;
}

/* Makes a write-locked process, in no queue, ready to run; it is running. */
void proc_make_ready(struct process *p, enum ready_how how);

/* The schedule of a write-locked process, not loaded, is another now. */
void proc_reschedule(struct process *p);

/* Puts a write-locked running process on the junk queue, fault recorded. */
void proc_junk(struct process *p, enum fault_code fault);

/* A resume capability to a waiting process; p is write-locked. */
static inline struct mcap proc_resume_cap(struct process *p)
{
	return (struct mcap){
		.meta = META(CT_RESUME, 0, p->calls >> 32),
		.version = (u32)p->calls,
		.oid = proc_obj(p)->oid, .hint = proc_obj(p),
	};
}

/*
 * Whether p waits for the use of this resume capability.  p is write-locked,
 * or its ring is; and once it does not it never will again.
 */
static inline bool proc_waits_for(const struct process *p,
				  const struct mcap *resume)
{
	u64 calls = (u64)META_BADGE(resume->meta) << 32 | resume->version;
	kassert(mrow_is_write_held(&p->base.obj.lock) || spin_is_held(LR_RING));
	return mcap_is_valid(resume, &p->base.obj) &&
	       p->state == PST_WAITING && p->calls == calls;
}

/* The priority its schedule slot gives, or -1 if that is malformed. */
static inline int proc_priority(const struct process *p)
{
	u32 meta = cap_meta(&p->slot[PS_SCHEDULE]);
	if (META_TYPE(meta) != CT_SCHEDULE)
		return -1;
	return MIN(META_BADGE(meta), PRIORITIES - 1);
}

extern const char *const proc_state_names[];
extern const char *const fault_names[];

/* Its slots, and invariant 1, for check_all(); p is locked. */
void proc_check(struct process *p);
