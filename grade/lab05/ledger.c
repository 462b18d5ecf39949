/*
 * Lab 5: books halts, stalls, wakeups and shootdowns, and looks whether each
 * came to what it promises (kernel/proc/halt.h, kernel/space/shoot.h).
 *
 * It stands between the two mechanisms and what they call, and what calls
 * them; so it sees what happens, not what somebody says has happened.
 */
#include "../../user/tests/lab05.h"

#include <boot/scenario.h>
#include <cap/cap.h>
#include <diag/args.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <ipc/op.h>
#include <proc/halt.h>
#include <sched/stall.h>
#include <space/shoot.h>
#include <trap/check_all.h>

#define BOOKED_MAX 64 /* processes, by OID; others are not booked */

void __real_hart_enter_user(void) noreturn;
void __wrap_hart_enter_user(void) noreturn;
void __real_resched(void) noreturn;
void __wrap_resched(void) noreturn;
void __real_txn_restart(void) noreturn;
void __wrap_txn_restart(void) noreturn;
enum lock_result __real_halt_and_lock(struct process *p);
enum lock_result __wrap_halt_and_lock(struct process *p);
void __real_halt_drop_claim(void);
void __wrap_halt_drop_claim(void);
u64 __real_halt_worry(u64 now);
u64 __wrap_halt_worry(u64 now);
void __real_ipi_send(u32 hart);
void __wrap_ipi_send(u32 hart);
void __real_hook_link_locked(struct ring *r, struct cap *hook);
void __wrap_hook_link_locked(struct ring *r, struct cap *hook);
void __real_hook_link_first_locked(struct ring *r, struct cap *hook);
void __wrap_hook_link_first_locked(struct ring *r, struct cap *hook);
void __real_sched_wake_locked(struct cap *hook);
void __wrap_sched_wake_locked(struct cap *hook);
void __real_shoot_flush(void);
void __wrap_shoot_flush(void);
void __real_shoot_enter_user(void);
void __wrap_shoot_enter_user(void);
void __real_mmu_flush_local(void);
void __wrap_mmu_flush_local(void);
void __real_mmu_load(const pte_t roots[MMU_USER_ROOTS]);
void __wrap_mmu_load(const pte_t roots[MMU_USER_ROOTS]);
enum result_code __real_op_number(struct msg *m);
enum result_code __wrap_op_number(struct msg *m);
void __real_check_all(void);
void __wrap_check_all(void);

/* Not static: the grader reads it from outside. */
struct ledger *ledger;

/* Of each process by its OID. */
static struct {
	struct process *wants; /* by its hart, before it stalls for it */
	struct atomic64
		since; /* its turn among all: when it stalled, or came */
	struct atomic64 woken; /* ticks; 0: not, or served since */
} book[BOOKED_MAX];

/* Of each hart. */
static struct {
	struct process *halting; /* in halt_and_lock(), for that */
	u32 told;                /* bit per hart that it interrupted for it */
	bool sends;              /* in shoot_flush() */
	bool drops, worries;     /* in those */
	u32 wakes;               /* in this halt_drop_claim() */
	struct atomic64 trips;   /* odd: in user mode, as far as it knows */
	struct atomic64 forgets; /* how often it forgot all translations */
} of_hart[HARTS_MAX];

static struct atomic64 turns;

/* 0: who was woken may have changed its mind, so another may pass. */
static u64 minds;

/* The look of the debug kernel at all objects, at each entry and exit. */
static u64 checks;

/* It is the first page that the manifest names. */
void scenario_boot(void)
{
	minds = arg_number("minds", 1);
	checks = arg_number("check", 0);
	ledger = direct(obj_page(obj_find(OK_PAGE, 0))->frame);
	ledger->magic = LEDGER_MAGIC;
}

static void count(u64 *counter)
{
	atomic64_add_relaxed((struct atomic64 *)counter, 1);
}

static bool is_booked(const struct process *p)
{
	return p->base.obj.oid < BOOKED_MAX;
}

static u32 self(void)
{
	return hart_self()->id;
}

static bool is_stop_queue(const struct ring *r)
{
	int i = queue_index(r), first = queue_index(queue_ring(Q_STOP, 0));
	return i >= first && i < first + STOP_QUEUES;
}

static void book_stall(struct ring *r, struct cap *hook)
{
	struct process *p = hook_process(hook);
	if (!is_stop_queue(r) || !is_booked(p))
		return;
	u64 oid = proc_obj(p)->oid;
	count(&ledger->stalls);
	if (atomic64_swap_acquire(&book[oid].woken, 0))
		count(&ledger->again);
	atomic64_store_relaxed(&book[oid].since,
			       1 + atomic64_add_relaxed(&turns, 1));
}

void __wrap_hook_link_locked(struct ring *r, struct cap *hook)
{
	book_stall(r, hook);
	__real_hook_link_locked(r, hook);
}

void __wrap_hook_link_first_locked(struct ring *r, struct cap *hook)
{
	book_stall(r, hook);
	__real_hook_link_first_locked(r, hook);
}

static u64 since(const struct process *p)
{
	return atomic64_load_relaxed(&book[p->base.obj.oid].since);
}

/* Under the queue's lock: nobody on it has waited longer for the same. */
static void check_first(struct ring *r, struct process *p)
{
	for (struct link *l = r->divider.next; l != &r->head; l = l->next) {
		struct process *q = hook_process(cap_of_link(l));
		if (is_booked(q) && since(q) < since(p) &&
		    book[proc_obj(q)->oid].wants ==
			    book[proc_obj(p)->oid].wants)
			panic("lab 5",
			      "%s is woken, but %s has been stalled "
			      "for the same process for longer",
			      p->name, q->name);
	}
}

void __wrap_sched_wake_locked(struct cap *hook)
{
	struct ring *r = hook_ring(hook);
	struct process *p = hook_process(hook);
	if (r && is_stop_queue(r) && is_booked(p)) {
		check_first(r, p);
		count(&ledger->wakeups);
		if (of_hart[self()].worries)
			count(&ledger->expired);
		of_hart[self()].wakes++;
		ledger->woken = (u64)(p->name[1] - '0');
		atomic64_store_relaxed(&book[proc_obj(p)->oid].woken,
				       time_now());
	}
	__real_sched_wake_locked(hook);
}

/* Whether q, which came before p, waits for the same, or has been woken for
   it and has still to come. */
static bool is_passed(struct process *q, struct process *p)
{
	u64 oid = proc_obj(q)->oid;
	u64 woken = atomic64_load_relaxed(&book[oid].woken);
	struct ring *r = hook_ring(&q->base.hook);
	if (q == p || since(q) >= since(p) ||
	    book[oid].wants != book[proc_obj(p)->oid].wants)
		return false;
	if (r && is_stop_queue(r))
		return true;
	return minds && woken && q->state == PST_RUNNING &&
	       time_now() < woken + STOP_PATIENCE;
}

static void check_turn(struct process *p)
{
	struct obj *o;
	for (u64 i = 0; i < BOOKED_MAX && (o = obj_at(OK_PROCESS, i)); i++)
		if (is_booked(obj_process(o)) && is_passed(obj_process(o), p))
			panic("lab 5",
			      "%s has halted its process before %s, "
			      "which has been stalled for it for longer",
			      p->name, obj_process(o)->name);
}

/* The lock is this hart's, and the process on no other. */
static void check_halted(struct process *p)
{
	u32 on = atomic32_load_relaxed(&p->loaded);
	if (mrow_writer(&proc_obj(p)->lock) != self() + 1)
		panic("lab 5",
		      "%s is not locked by the hart that has halted "
		      "it",
		      p->name);
	if (on)
		panic("lab 5", "%s is halted, and loaded on hart %u", p->name,
		      on - 1);
}

static void book_halt(struct process *p, bool was_loaded)
{
	struct process *me = proc_current();
	check_halted(p);
	count(&ledger->halts);
	if (was_loaded)
		count(&ledger->loaded);
	if (!is_booked(me))
		return;
	u64 oid = proc_obj(me)->oid;
	check_turn(me);
	atomic64_store_relaxed(&book[oid].woken, 0);
	book[oid].wants = NULL;
	atomic64_store_relaxed(&book[oid].since, 0);
}

/* Comes in, again or for the first time. */
static void book_comer(struct process *me, struct process *p)
{
	u64 oid = proc_obj(me)->oid;
	if (!is_booked(me) ||
	    (book[oid].wants == p && atomic64_load_relaxed(&book[oid].woken)))
		return;
	atomic64_store_relaxed(&book[oid].woken, 0);
	atomic64_store_relaxed(&book[oid].since,
			       1 + atomic64_add_relaxed(&turns, 1));
	book[oid].wants = p;
}

enum lock_result __wrap_halt_and_lock(struct process *p)
{
	struct hart *h = hart_self();
	bool was_loaded = atomic32_load_relaxed(&p->loaded) != 0;
	if (h->held_count)
		panic("lab 5", "a hart that halts %s holds %lu other locks",
		      p->name, h->held_count);
	book_comer(h->current, p);
	of_hart[h->id].halting = p;
	of_hart[h->id].told = 0;
	enum lock_result r = __real_halt_and_lock(p);
	of_hart[h->id].halting = NULL;
	if ((r == LOCK_ALIASED) != (p == h->current) || r == LOCK_BUSY)
		panic("lab 5", "halting %s gives %u", p->name, r);
	if (r == LOCK_OK)
		book_halt(p, was_loaded);
	return r;
}

void __wrap_resched(void)
{
	of_hart[self()].halting = NULL;
	__real_resched();
}

void __wrap_txn_restart(void)
{
	of_hart[self()].halting = NULL;
	__real_txn_restart();
}

void __wrap_halt_drop_claim(void)
{
	struct process *p = hart_self()->claim;
	of_hart[self()].wakes = 0;
	__real_halt_drop_claim();
	count(&ledger->claims);
	if (hart_self()->claim || of_hart[self()].wakes > 1)
		panic("lab 5",
		      "a claim on %s was dropped, and %u were woken; "
		      "the hart %s",
		      p->name, of_hart[self()].wakes,
		      hart_self()->claim ? "keeps it" : "has none");
}

u64 __wrap_halt_worry(u64 now)
{
	of_hart[self()].worries = true;
	u64 next = __real_halt_worry(now);
	of_hart[self()].worries = false;
	return next;
}

/* To the hart of a process that is halted: what it is to see must be there. */
static void check_interrupt(struct process *p, u32 hart)
{
	if (hart_self()->claim != p ||
	    atomic32_load_relaxed(&p->base.claimed) != self() + 1)
		panic("lab 5",
		      "hart %u is interrupted for %s, which is not "
		      "claimed",
		      hart, p->name);
	if (hart_self()->spin_ranks)
		panic("lab 5",
		      "hart %u is interrupted for %s under a spin "
		      "lock",
		      hart, p->name);
	count(&ledger->asking);
	if (of_hart[self()].told & ~(1u << hart))
		count(&ledger->moved);
	of_hart[self()].told |= 1u << hart;
}

void __wrap_ipi_send(u32 hart)
{
	if (of_hart[self()].halting)
		check_interrupt(of_hart[self()].halting, hart);
	if (of_hart[self()].sends)
		count(&ledger->asked);
	__real_ipi_send(hart);
}

#include "forgets.h"

/* Keeps this hart in the kernel. */
static void hold(u64 ticks)
{
	const struct atomic64 *let_go = (struct atomic64 *)&ledger->let_go;
	u64 end = time_now() + ticks;
	atomic64_add_relaxed((struct atomic64 *)&ledger->holding, 1);
	while (time_now() < end && !atomic64_load_relaxed(let_go))
		spin_hint();
	atomic64_add_relaxed((struct atomic64 *)&ledger->holding, -1ul);
}

enum result_code __wrap_op_number(struct msg *m)
{
	if (m->word[0] != ORDER_HOLD)
		return __real_op_number(m);
	hold(m->word[1]);
	return RC_OK;
}

void __wrap_check_all(void)
{
	if (checks)
		__real_check_all();
}
