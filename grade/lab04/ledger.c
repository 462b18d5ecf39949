/*
 * Lab 4: books stalls and wakeups, and looks over all processes whenever a
 * hart enters user mode (kernel/sched/stall.h, invariants 1, 3 and 4).
 *
 * It stands between the mechanism and what that calls, and what calls it; so
 * it sees what happens, not what somebody says has happened.
 */
#include "../../user/tests/lab04.h"

#include <diag/args.h>
#include <boot/scenario.h>
#include <cap/cap.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <proc/process.h>
#include <sched/stall.h>
#include <trap/check_all.h>

#define BOOKED_MAX 64 /* processes, by OID; others are not booked */

void __real_hart_enter_user(void) noreturn;
void __wrap_hart_enter_user(void) noreturn;
void __real_hook_link_locked(struct ring *r, struct cap *hook);
void __wrap_hook_link_locked(struct ring *r, struct cap *hook);
void __real_hook_link_first_locked(struct ring *r, struct cap *hook);
void __wrap_hook_link_first_locked(struct ring *r, struct cap *hook);
void __real_sched_wake_locked(struct cap *hook);
void __wrap_sched_wake_locked(struct cap *hook);
bool __real_proc_await_available(struct process *p, const struct mcap *start);
bool __wrap_proc_await_available(struct process *p, const struct mcap *start);
void __real_proc_become_available(struct process *p);
void __wrap_proc_become_available(struct process *p);
void __real_spin_note_taken(const struct spinlock *l);
void __wrap_spin_note_taken(const struct spinlock *l);
void __real_check_all(void);
void __wrap_check_all(void);

/* Not static: the grader reads it from outside. */
struct ledger *ledger;

/* Of each process by its OID; the first two under the lock of the ring that its
   hook is on, was_opened under that of its own. */
static struct {
	u64 since;          /* which stall of all it was */
	struct ring *woken; /* from where it was woken, until it is served */
	bool was_opened;    /* available, and nobody woken since */
} book[BOOKED_MAX];

static struct atomic64 stalls;

/* How closely: 0: only counts, where it is time that matters; 1: looks over all
   processes whenever a hart enters user mode; 2: for who has to be worried
   about, too. */
static u64 looks;

/* Whether all who wait are looked at when one of them is woken. */
static bool checks;

/* Before a ring is locked, a hart hesitates for up to so many ticks: what was
   looked at before that may be past by then.  Needs the debug kernel, which
   notes every lock taken; its look at all objects is left out. */
static u64 hesitation;

static u64 index_of(enum queue_group g)
{
	return (u64)queue_index(queue_ring(g, 0));
}

/* It is the first page that the manifest names. */
void scenario_boot(void)
{
	looks = arg_number("look", 2);
	checks = arg_number("check", 1);
	hesitation = arg_number("hesitate", 0);
	ledger = direct(obj_page(obj_find(OK_PAGE, 0))->frame);
	ledger->magic = LEDGER_MAGIC;
	ledger->requests = index_of(Q_REQUESTS);
	ledger->junk = index_of(Q_JUNK);
	ledger->worry = index_of(Q_WORRY);
}

static void count(u64 *counter)
{
	atomic64_add_relaxed((struct atomic64 *)counter, 1);
}

static bool is_booked(const struct obj *o)
{
	return o->oid < BOOKED_MAX;
}

static const char *name_of(struct cap *hook)
{
	return hook_process(hook)->name;
}

static void book_stall(struct ring *r, struct cap *hook)
{
	u64 oid = hook_owner(hook)->oid;
	u64 number = atomic64_add_relaxed(&stalls, 1);
	if (queue_index(r) >= 0 || !is_booked(hook_owner(hook)))
		return;
	count(&ledger->stalls);
	if (book[oid].woken == r)
		count(&ledger->again);
	book[oid].since = number;
	book[oid].woken = NULL;
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

/* Nobody on the ring has waited for longer than the one that is woken. */
static void check_turn(struct ring *r, struct cap *hook)
{
	u64 since = book[hook_owner(hook)->oid].since;
	struct link *l = checks ? r->divider.next : &r->head;
	for (; l != &r->head; l = l->next) {
		struct obj *other = hook_owner(cap_of_link(l));
		if (is_booked(other) && book[other->oid].since < since)
			panic("lab 4",
			      "%s is woken, but %s has been stalled on "
			      "%s for longer",
			      name_of(hook), obj_process(other)->name,
			      obj_process(ring_obj(r))->name);
	}
}

void __wrap_sched_wake_locked(struct cap *hook)
{
	struct ring *r = hook_ring(hook);
	if (r && queue_index(r) < 0 && is_booked(hook_owner(hook))) {
		check_turn(r, hook);
		count(&ledger->wakeups);
		book[hook_owner(hook)->oid].woken = r;
		if (is_booked(ring_obj(r)))
			book[ring_obj(r)->oid].was_opened = false;
	}
	__real_sched_wake_locked(hook);
}

bool __wrap_proc_await_available(struct process *p, const struct mcap *start)
{
	struct obj *me = proc_obj(proc_current());
	bool valid = __real_proc_await_available(p, start);
	if (is_booked(me))
		book[me->oid].woken = NULL;
	return valid;
}

void __wrap_proc_become_available(struct process *p)
{
	spin_lock(&proc_ring(p)->lock);
	if (is_booked(proc_obj(p)))
		book[proc_obj(p)->oid].was_opened = true;
	spin_unlock(&proc_ring(p)->lock);
	__real_proc_become_available(p);
}

void __wrap_spin_note_taken(const struct spinlock *l)
{
	u64 draw = rand_next(&hart_self()->rand);
	u64 until = time_now() + draw % MAX(hesitation, 1);
	while (l->rank == LR_RING && draw >> 32 & 1 && time_now() < until)
		spin_hint();
	__real_spin_note_taken(l);
}

void __wrap_check_all(void)
{
	if (!hesitation)
		__real_check_all();
}

/* Under the ring's lock. */
static void look_at(struct process *p)
{
	struct cap *first = hook_first_locked(proc_ring(p));
	bool worried = hook_ring(&p->base.hook) == queue_ring(Q_WORRY, 0);
	if (worried && p->state != PST_AVAILABLE)
		panic("lab 4", "%s is on the worry queue, and is not available",
		      p->name);
	if (!first || p->state != PST_AVAILABLE)
		return;
	if (book[proc_obj(p)->oid].was_opened)
		panic("lab 4",
		      "%s is available, and %s stalls on it: nobody "
		      "has been woken",
		      p->name, name_of(first));
	if (!worried && looks > 1)
		panic("lab 4",
		      "%s is available, somebody was woken, and %s "
		      "stalls behind: nobody worries about %s",
		      p->name, name_of(first), p->name);
}

static void look_over(void)
{
	struct obj *o;
	for (u64 i = 0; i < BOOKED_MAX && (o = obj_at(OK_PROCESS, i)); i++) {
		spin_lock(&o->ring.lock);
		look_at(obj_process(o));
		spin_unlock(&o->ring.lock);
	}
}

void __wrap_hart_enter_user(void)
{
	if (looks)
		look_over();
	__real_hart_enter_user();
}
