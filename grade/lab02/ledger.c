/*
 * Lab 2: books every number, every pin and everything that leaves memory, and
 * looks whether that was right (kernel/obj/pin.h, kernel/obj/age.h).
 *
 * It stands between the mechanism and what that calls, and what calls it; so it
 * sees what happens, not what somebody says has happened.
 */
#include "../../user/tests/lab02.h"

#include <boot/scenario.h>
#include <diag/args.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <obj/age.h>
#include <obj/pin.h>
#include <proc/process.h>
#include <sched/timed.h>
#include <store/evict.h>
#include <store/room.h>

#define HEADERS_MAX 512 /* looked at, of each kind */
#define RELEASE_AFTER TICKS_PER_MS
#define BOOKED_MAX 48 /* pins of one transaction; more are not booked */

void __real_pins_begin(struct hart *h);
void __wrap_pins_begin(struct hart *h);
void __real_pins_end(struct hart *h);
void __wrap_pins_end(struct hart *h);
bool __real_pin(struct obj *o, u64 oid);
bool __wrap_pin(struct obj *o, u64 oid);
void __real_evict(struct obj *o);
void __wrap_evict(struct obj *o);
void __real_obj_make_room(enum obj_kind kind);
void __wrap_obj_make_room(enum obj_kind kind);
void __real_obj_room_made(enum obj_kind kind);
void __wrap_obj_room_made(enum obj_kind kind);
void __real_txn_stall(struct ring *r) noreturn;
void __wrap_txn_stall(struct ring *r) noreturn;
bool __real_obj_clean(struct obj *o);
bool __wrap_obj_clean(struct obj *o);
void __real_hart_enter_user(void) noreturn;
void __wrap_hart_enter_user(void) noreturn;

/* Not static: the grader reads it from outside. */
struct ledger *ledger;

/* Of each hart: the last number, and what it has pinned since. */
static struct {
	u64 number;
	struct atomic_ptr pinned[BOOKED_MAX]; /* read by others */
	u32 count;
} book[HARTS_MAX];

static u64 release_at = TIME_NEVER; /* ticks */
static bool alone;          /* one hart: what it sees is what is so */
/* By kind and header: before a squeeze, could be taken. */
static bool to_go[OK_COUNT][HEADERS_MAX];
static u64 squeezed_at;     /* headers taken when the next is due, or 0 */

static void count(u64 *counter)
{
	atomic64_add_relaxed((struct atomic64 *)counter, 1);
}

/* Of what is asked to be cleaned nothing is, until somebody has stalled: then
   there is room, and so long before those who wait look again by themselves. */
static u64 release(u64 now)
{
	if (!ledger->hold || now < release_at)
		return ledger->hold ? release_at : TIME_NEVER;
	ledger->hold = 0;
	release_at = TIME_NEVER;
	obj_room_made(OK_PAGE);
	return TIME_NEVER;
}

/* The page that is first in the manifest.  The reader's lock that nobody gives
   back keeps it where it is. */
void scenario_boot(void)
{
	struct obj *o = obj_find(OK_PAGE, 0);
	struct hart *h = hart_self();
	if (mrow_try_read(&o->lock) != LOCK_OK)
		panic("ledger", "its page is locked at boot");
	h->held_count--;
	timed_add(release);
	alone = hart_count() == 1;
	ledger = direct(obj_page(o)->frame);
	ledger->magic = LEDGER_MAGIC;
}

static void forget_pins(const struct hart *h)
{
	while (book[h->id].count)
		atomic_ptr_store_relaxed(
			&book[h->id].pinned[--book[h->id].count], NULL);
}

/* The hart has pinned nothing yet, or nothing more. */
static void expect_no_pins(const struct hart *h)
{
	u64 number = atomic64_load_relaxed(&h->txn);
	for (unsigned kind = 0; kind < OK_COUNT && (number & 1); kind++) {
		for (u64 i = 0; i < obj_headers((enum obj_kind)kind); i++) {
			struct obj *o = obj_at((enum obj_kind)kind, i);
			if (o && atomic64_load_relaxed(&o->pin[h->id]) == number)
				panic("pins", "hart %u begins with number %lu, "
				      "and has %s %lu pinned already", h->id,
				      number, obj_kind_name(kind), o->oid);
		}
	}
}

void __wrap_pins_begin(struct hart *h)
{
	u64 last = book[h->id].number;
	forget_pins(h);
	__real_pins_begin(h);
	u64 number = atomic64_load_relaxed(&h->txn);
	book[h->id].number = number;
	if (alone)
		expect_no_pins(h);
	if (!(number & 1) || number <= last)
		panic("pins", "hart %u begins with number %lu, after %lu", h->id,
		      number, last);
	if (ledger)
		count(&ledger->numbers);
}

void __wrap_pins_end(struct hart *h)
{
	forget_pins(h);
	__real_pins_end(h);
	u64 number = atomic64_load_relaxed(&h->txn);
	if (number & 1)
		panic("pins", "hart %u ends with number %lu, which is odd",
		      h->id, number);
}

/* At boot the number is even, and nothing is pinned. */
static void book_pin(struct obj *o)
{
	struct hart *h = hart_self();
	u64 number = atomic64_load_relaxed(&h->txn);
	if (!(number & 1) || !ledger)
		return;
	count(&ledger->pins);
	if (atomic64_load_relaxed(&o->pin[h->id]) != number)
		panic("pins", "%s %lu is pinned by hart %u, but its word is "
		      "%lu, not %lu", obj_kind_name(o->kind), o->oid, h->id,
		      atomic64_load_relaxed(&o->pin[h->id]), number);
	for (u32 i = 0; i < book[h->id].count; i++) {
		struct obj *b = atomic_ptr_load_relaxed(&book[h->id].pinned[i]);
		if (atomic64_load_relaxed(&b->pin[h->id]) != number)
			panic("pins", "hart %u pins %s %lu, and %s %lu, which "
			      "it has pinned before, is not any more", h->id,
			      obj_kind_name(o->kind), o->oid,
			      obj_kind_name(b->kind), b->oid);
	}
	if (book[h->id].count < BOOKED_MAX)
		atomic_ptr_store_relaxed(
			&book[h->id].pinned[book[h->id].count++], o);
}

bool __wrap_pin(struct obj *o, u64 oid)
{
	bool got = __real_pin(o, oid);
	bool is = atomic32_load_relaxed(&o->residency) == OBJ_HERE &&
		  o->oid == oid;
	if (got != is && (got || alone))
		panic("pins", "pin() says %s of %s %lu, which is%s that one",
		      got ? "yes" : "no", obj_kind_name(o->kind), oid,
		      is ? "" : " not");
	if (got)
		book_pin(o);
	return got;
}

static void expect_not_pinned(struct obj *o)
{
	for (u32 i = 0; i < hart_count(); i++)
		for (u32 n = 0; n < BOOKED_MAX; n++)
			if (atomic_ptr_load_relaxed(&book[i].pinned[n]) == o)
				panic("ager", "%s %lu is taken, which hart %u "
				      "has pinned", obj_kind_name(o->kind),
				      o->oid, i);
}

static void book_taken(const struct obj *o)
{
	if (!ledger)
		return;
	count(&ledger->taken[o->kind]);
	for (u32 i = 0; i < WATCHED; i++)
		if (o->kind == OK_PAGE && ledger->watched[i] == o->oid + 1)
			count(&ledger->watched_taken[i]);
}

void __wrap_evict(struct obj *o)
{
	const char *name = obj_kind_name(o->kind);
	if (!mrow_is_write_held(&o->lock))
		panic("ager", "%s %lu is taken, and not locked", name, o->oid);
	expect_not_pinned(o);
	if (atomic32_load_relaxed(&o->residency) != OBJ_LEAVING)
		panic("ager", "%s %lu is taken, and can still be pinned", name,
		      o->oid);
	if (atomic32_load_relaxed(&o->change) != CH_CLEAN)
		panic("ager", "%s %lu is taken, and the disk does not have it",
		      name, o->oid);
	if (evict_must_stay(o))
		panic("ager", "%s %lu is taken, for which somebody waits, or "
		      "which waits", name, o->oid);
	if (!link_is_alone(&o->maps))
		panic("ager", "%s %lu is taken, and is mapped", name, o->oid);
	book_taken(o);
	__real_evict(o);
}

/* Whether it could be taken, on one hart. */
static bool can_be_taken(struct obj *o)
{
	return atomic32_load_relaxed(&o->residency) == OBJ_HERE &&
	       atomic32_load_relaxed(&o->change) == CH_CLEAN &&
	       !atomic32_load_relaxed(&o->lock.word) && !pin_holders(o) &&
	       !evict_must_stay(o);
}

/* Before a squeeze: what is to go.  (What is written now may be clean after it,
   and stay.) */
static void note_what_is_to_go(void)
{
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		for (u64 i = 0; i < HEADERS_MAX; i++) {
			struct obj *o = obj_at((enum obj_kind)kind, i);
			to_go[kind][i] = o && can_be_taken(o);
		}
	}
}

static void expect_nothing_left(void)
{
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		for (u64 i = 0; i < HEADERS_MAX; i++) {
			struct obj *o = obj_at((enum obj_kind)kind, i);
			if (o && to_go[kind][i] && can_be_taken(o))
				panic("ager", "at header %lu all is taken, but "
				      "%s %lu, which could be", squeezed_at,
				      obj_kind_name(kind), o->oid);
		}
	}
}

/* Who would have to begin again, were it not for pins. */
static void count_under_way(void)
{
	count(&ledger->agings);
	for (u32 i = 0; i < hart_count(); i++)
		if (&harts[i] != hart_self() &&
		    (atomic64_load_relaxed(&harts[i].txn) & 1))
			count(&ledger->under_way);
}

void __wrap_obj_make_room(enum obj_kind kind)
{
	u32 held = (u32)hart_self()->held_count;
	if (hart_self()->committed)
		panic("ager", "it is called past the commit point");
	if (ledger && !obj_has_room(kind))
		count_under_way();
	bool squeeze = squeezed_at && obj_taken() + 1 >= squeezed_at;
	if (squeeze)
		note_what_is_to_go();
	__real_obj_make_room(kind);
	if (hart_self()->held_count != held)
		panic("ager", "it keeps %lu locks",
		      hart_self()->held_count - held);
	if (alone && !obj_has_room(kind))
		panic("ager", "it returns, and no header of a %s is free",
		      obj_kind_name(kind));
	if (!ledger)
		return;
	count(&ledger->rooms);
	if (squeeze) {
		expect_nothing_left();
		squeezed_at = 0;
		count(&ledger->squeezes);
	}
}

void __wrap_obj_room_made(enum obj_kind kind)
{
	struct ring *r = room_queue(kind);
	spin_lock(&r->lock);
	struct cap *first = hook_first_locked(r);
	spin_unlock(&r->lock);
	__real_obj_room_made(kind);
	if (!first || !ledger)
		return;
	count(&ledger->woken);
	if (hook_ring(first) == r)
		panic("ager", "there is room for a %s, and %s, which has waited "
		      "longest, is not woken", obj_kind_name(kind),
		      hook_process(first)->name);
}

static void note_stall(void)
{
	count(&ledger->stalls);
	if (!ledger->hold || release_at != TIME_NEVER)
		return;
	release_at = time_now() + RELEASE_AFTER;
	timed_alarm(release_at);
}

void __wrap_txn_stall(struct ring *r)
{
	for (unsigned kind = 0; kind < OK_COUNT; kind++)
		if (r == room_queue((enum obj_kind)kind))
			note_stall();
	__real_txn_stall(r);
}

bool __wrap_obj_clean(struct obj *o)
{
	if (!mrow_is_write_held(&o->lock))
		panic("ager", "%s %lu is cleaned, and not locked",
		      obj_kind_name(o->kind), o->oid);
	if (atomic32_load_relaxed(&o->change) != CH_DIRTY)
		panic("ager", "%s %lu is cleaned, and not dirty",
		      obj_kind_name(o->kind), o->oid);
	bool held = ledger->hold;
	bool begun = held || __real_obj_clean(o);
	if (begun && !held)
		count(&ledger->cleaned);
	return begun;
}

/* What the program asks for, it asks for from here on. */
void __wrap_hart_enter_user(void)
{
	u64 at = ledger->squeeze;
	if (at) {
		age_init(at);
		squeezed_at = obj_taken() + at;
		ledger->squeeze = 0;
	}
	__real_hart_enter_user();
}
