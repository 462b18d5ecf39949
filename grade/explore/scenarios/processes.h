/*
 * For scenarios with processes: made by hand, loaded on harts or ready, and
 * with the parts of the kernel between them and user mode that no scenario
 * is about.
 */
#pragma once

#include <explore.h>

#include <cap/cap.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/upcall.h>
#include <lock/commit.h>
#include <lock/mrow.h>
#include <lock/discipline.h>
#include <lock/spin.h>
#include <obj/reserve.h>
#include <proc/dispatch.h>
#include <proc/halt.h>
#include <sched/stall.h>
#include <sched/timed.h>
#include <trap/check_all.h>
#include <trap/defer.h>
#include <trap/txn.h>

#define PROCS_MAX 5

static struct process procs[PROCS_MAX];
static u32 proc_count;

/* No other kinds of objects here. */
struct obj *obj_find(enum obj_kind kind, u64 oid)
{
	return kind == OK_PROCESS && oid < proc_count ? proc_obj(&procs[oid])
						      : NULL;
}

/* The invariants are checked by the scenario, where it is worth it. */
/* There is log space for all. */
void reserve_and_mark(struct obj *o)
{
	atomic32_store_relaxed(&o->change, CH_DIRTY);
}

void check_all(void)
{
}

/* What comes after a dispatch: no meter, no space. */
void txn_run_loaded(void)
{
	struct hart *h = hart_self();
	h->quantum_end = h->loaded_at + QUANTUM_DEFAULT;
	return_to_user();
}

/* A new process, running, on no ring. */
static inline struct process *process_make(const char *name, u16 priority)
{
	struct process *p = &procs[proc_count];
	struct obj *o = proc_obj(p);
	ring_init(&o->ring, LR_RING);
	atomic32_store_relaxed(&o->residency, OBJ_HERE);
	link_init(&o->hash);
	link_init(&o->maps);
	o->kind = OK_PROCESS;
	o->oid = proc_count++;
	proc_header_init(o);
	cap_init(&p->slot[PS_SCHEDULE],
		 &(struct mcap){ .meta = META(CT_SCHEDULE, 0, priority) });
	for (u32 i = 0; name[i] && i < PROC_NAME - 1; i++)
		p->name[i] = name[i];
	p->state = PST_RUNNING;
	return p;
}

/* Makes it ready, and dispatches it if a hart is given. */
static inline void process_start(struct process *p)
{
	mrow_try_write(&proc_obj(p)->lock);
	proc_make_ready(p, READY_HERE);
	mrow_release_all();
}

static inline void process_load(struct process *p, u32 hart)
{
	explore_on(hart);
	process_start(p);
	proc_load_next();
	hart_self()->quantum_end = QUANTUM_DEFAULT;
	hart_self()->kicks = 0;
}

/* The body of a hart on which a process was loaded. */
static inline void hart_with_process(void)
{
	hart_enter_user();
}

/* The body of one on which none was. */
static inline void hart_without_process(void)
{
	resched();
}

/* Before any process is made. */
static inline void processes_init(void)
{
	queues_init();
	explore_quiet(lock_counts, sizeof(lock_counts));
	for (u32 i = 0; i < QUEUE_COUNT; i++)
		explore_quiet(&queues[i].enqueued, sizeof(u64));
	for (u32 i = 0; i < IRQ_LINES; i++)
		explore_quiet(&irq_lines[i].delivered, sizeof(u64));
}

/* The kernel entry of a transaction, as trap.c does it. */
static inline noreturn void process_enters(void (*body)(void))
{
	irqs_enable();
	txn_begin(body);
}

/* The process loaded here waits for what never comes: it is done. */
static inline noreturn void process_ends(void)
{
	proc_set_state(proc_current(), PST_WAITING, false);
	resched();
}
