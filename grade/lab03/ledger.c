/*
 * Lab 3: books every object lock that a hart takes and gives back, and looks
 * whether that was right (kernel/lock/mrow.h, kernel/cap/opset.h).
 *
 * It stands between the mechanism and what calls it; so it sees what happens,
 * not what somebody says has happened.  What a hart has is booked after it was
 * taken and before it is given back: what two harts have in the book at once
 * they have at once.
 */
#include "../../user/tests/lab03.h"

#include <boot/scenario.h>
#include <cap/opset.h>
#include <diag/args.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/mmu.h>
#include <proc/process.h>
#include <trap/check_all.h>

#define BOOKED_MAX 40 /* locks of one hart */

enum lock_result __real_mrow_try_read(struct mrow *l);
enum lock_result __wrap_mrow_try_read(struct mrow *l);
enum lock_result __real_mrow_try_write(struct mrow *l);
enum lock_result __wrap_mrow_try_write(struct mrow *l);
enum lock_result __real_mrow_read(struct mrow *l);
enum lock_result __wrap_mrow_read(struct mrow *l);
enum lock_result __real_mrow_write(struct mrow *l);
enum lock_result __wrap_mrow_write(struct mrow *l);
void __real_mrow_release_all(void);
void __wrap_mrow_release_all(void);
void __real_mrow_keep(struct mrow *l);
void __wrap_mrow_keep(struct mrow *l);
void __real_mrow_drop(struct mrow *l);
void __wrap_mrow_drop(struct mrow *l);
void __real_opset_lock(struct opset *s);
void __wrap_opset_lock(struct opset *s);
void __real_hart_enter_user(void) noreturn;
void __wrap_hart_enter_user(void) noreturn;
void __real_check_all(void);
void __wrap_check_all(void);

/* NULL until the kernel is up: then it begins to book.  Not static: the grader
   reads it from outside. */
struct ledger *ledger;

/* What a hart has.  `lock` is read by other harts; the rest by its own. */
static struct entry {
	struct atomic_ptr lock;    /* struct mrow *, or NULL */
	struct atomic32 is_writer; /* before the lock is set */
	bool is_kept;              /* of its loaded process: outside the gang */
} book[HARTS_MAX][BOOKED_MAX];

/* By hart: what it waits for, to write. */
static struct atomic_ptr wanted[HARTS_MAX];

static bool alone;     /* one hart: what it sees is what is so */
static u64 hesitation; /* ticks before a set is locked, and each lock of it */

void scenario_boot(void)
{
	alone = hart_count() == 1;
	hesitation = arg_number("hesitate", 0);
	ledger = direct(obj_page(obj_find(OK_PAGE, 0))->frame);
	ledger->magic = LEDGER_MAGIC;
	ledger->lock_offset = offsetof(struct obj, lock);
}

static void count(u64 *counter)
{
	if (ledger)
		atomic64_add_relaxed((struct atomic64 *)counter, 1);
}

static struct obj *obj_of(const struct mrow *l)
{
	return container_of((struct mrow *)l, struct obj, lock);
}

#define KIND(l) obj_kind_name(obj_of(l)->kind)
#define OID(l) obj_of(l)->oid

static struct entry *entry_of(u32 hart, const struct mrow *l)
{
	for (u32 i = 0; i < BOOKED_MAX; i++)
		if (atomic_ptr_load_relaxed(&book[hart][i].lock) == l)
			return &book[hart][i];
	return NULL;
}

static bool writes(const struct entry *e)
{
	return e && atomic32_load_relaxed(&e->is_writer);
}

static u32 me(void)
{
	return hart_self()->id;
}

/* Another hart has it, too, and one of the two writes. */
static void expect_alone_with(const struct mrow *l, bool write)
{
	for (u32 i = 0; i < hart_count(); i++) {
		struct entry *e = i == me() ? NULL : entry_of(i, l);
		if (e && (write || writes(e)))
			panic("locks", "hart %u has %s %lu to %s, and hart %u "
			      "has it to %s", me(), KIND(l), OID(l),
			      write ? "write" : "read", i,
			      writes(e) ? "write" : "read");
	}
}

static void book_taken(struct mrow *l, bool write)
{
	struct entry *e = entry_of(me(), NULL);
	if (!e)
		panic("locks", "hart %u has %u locks", me(), BOOKED_MAX);
	atomic32_store_relaxed(&e->is_writer, write);
	e->is_kept = false;
	atomic_ptr_store_release(&e->lock, l);
	fence_full(); /* the other hart's book sees ours, or we see its */
	expect_alone_with(l, write);
}

static void expect_word_says(struct mrow *l, bool write)
{
	if (write ? mrow_writer(l) != me() + 1 : !mrow_readers(l))
		panic("locks", "hart %u has %s %lu to %s, and its lock has "
		      "writer %u and %u readers", me(), KIND(l), OID(l),
		      write ? "write" : "read", mrow_writer(l),
		      mrow_readers(l));
}

static void count_overtaken(const struct mrow *l)
{
	for (u32 i = 0; i < hart_count(); i++)
		if (atomic_ptr_load_relaxed(&wanted[i]) == l)
			count(&ledger->overtaken);
}

static void got_read(struct mrow *l)
{
	if (!ledger)
		return;
	count(&ledger->reads);
	if (entry_of(me(), l)) {
		count(&ledger->again);
		return;
	}
	count_overtaken(l);
	book_taken(l, false);
	expect_word_says(l, false);
}

static void got_write(struct mrow *l)
{
	struct entry *e = entry_of(me(), l);
	if (!ledger)
		return;
	count(&ledger->writes);
	if (e)
		panic("locks", "hart %u %s %s %lu, wants to write it, and is "
		      "told LOCK_OK", me(), writes(e) ? "writes" : "reads",
		      KIND(l), OID(l));
	book_taken(l, true);
	expect_word_says(l, true);
}

/* The answer of a write lock, which is not LOCK_BUSY. */
static enum lock_result booked_write(struct mrow *l, enum lock_result r)
{
	if (r == LOCK_OK)
		got_write(l);
	if (r != LOCK_ALIASED)
		return r;
	count(&ledger->aliased);
	if (ledger && !writes(entry_of(me(), l)))
		panic("locks", "hart %u is told that it writes %s %lu already, "
		      "and does not", me(), KIND(l), OID(l));
	return r;
}

/* Alone nobody has it: to be refused there is no reason but oneself. */
static void expect_reason(struct mrow *l)
{
	count(&ledger->busy);
	if (alone && ledger && !entry_of(me(), l))
		panic("locks", "the only hart is refused %s %lu, which it has "
		      "not", KIND(l), OID(l));
}

enum lock_result __wrap_mrow_try_read(struct mrow *l)
{
	enum lock_result r = __real_mrow_try_read(l);
	if (r == LOCK_OK)
		got_read(l);
	else if (ledger && entry_of(me(), l))
		panic("locks", "hart %u has %s %lu, and may not read it again",
		      me(), KIND(l), OID(l));
	else
		expect_reason(l);
	return r;
}

enum lock_result __wrap_mrow_try_write(struct mrow *l)
{
	enum lock_result r = __real_mrow_try_write(l);
	if (r == LOCK_BUSY)
		expect_reason(l);
	return r == LOCK_BUSY ? r : booked_write(l, r);
}

static void hesitate(void)
{
	u64 draw = rand_next(&hart_self()->rand);
	u64 until = time_now() + draw % MAX(hesitation, 1);
	while (hesitation && (draw >> 32 & 1) && time_now() < until)
		spin_hint();
}

/* Who waits has nothing that comes behind, its processes aside. */
static void expect_order(const struct mrow *l)
{
	for (u32 i = 0; ledger && i < BOOKED_MAX; i++) {
		struct mrow *has = atomic_ptr_load_relaxed(&book[me()][i].lock);
		if (has > l && obj_of(has)->kind != OK_PROCESS)
			panic("locks", "hart %u waits for %s %lu, and has %s "
			      "%lu, whose address is higher", me(), KIND(l),
			      OID(l), KIND(has), OID(has));
	}
	hesitate();
}

enum lock_result __wrap_mrow_read(struct mrow *l)
{
	expect_order(l);
	enum lock_result r = __real_mrow_read(l);
	if (r != LOCK_OK)
		panic("locks", "mrow_read() of %s %lu says %u", KIND(l), OID(l),
		      r);
	got_read(l);
	return r;
}

enum lock_result __wrap_mrow_write(struct mrow *l)
{
	expect_order(l);
	atomic_ptr_store_relaxed(&wanted[me()], l);
	enum lock_result r = __real_mrow_write(l);
	atomic_ptr_store_relaxed(&wanted[me()], NULL);
	if (r == LOCK_BUSY)
		panic("locks", "mrow_write() of %s %lu gives up", KIND(l),
		      OID(l));
	return booked_write(l, r);
}

/* Alone: nobody else can have it. */
static void expect_free(const struct mrow *l)
{
	u32 word = atomic32_load_relaxed(&l->word);
	if (alone && word)
		panic("locks", "%s %lu was released by the only hart there is, "
		      "and the word of its lock is %u", KIND(l), OID(l), word);
	if (mrow_writer(l) == me() + 1)
		panic("locks", "hart %u has released all, and still writes %s "
		      "%lu", me(), KIND(l), OID(l));
}

/* Before anybody else can have them; says which and how many. */
static u32 close_book(struct mrow **was)
{
	u32 n = 0;
	for (struct entry *e = book[me()]; e < book[me()] + BOOKED_MAX; e++) {
		struct mrow *l = atomic_ptr_load_relaxed(&e->lock);
		if (!l || e->is_kept)
			continue;
		was[n++] = l;
		atomic_ptr_store_relaxed(&e->lock, NULL);
	}
	fence_full();
	return n;
}

void __wrap_mrow_release_all(void)
{
	struct mrow *was[BOOKED_MAX];
	u32 n = close_book(was);
	__real_mrow_release_all();
	if (n > 1)
		count(&ledger->gangs);
	while (n--)
		expect_free(was[n]);
	for (struct entry *e = book[me()]; e < book[me()] + BOOKED_MAX; e++) {
		struct mrow *l = atomic_ptr_load_relaxed(&e->lock);
		if (l && mrow_writer(l) != me() + 1)
			panic("locks", "hart %u has released all, its process "
			      "%lu, too", me(), OID(l));
	}
}

void __wrap_mrow_keep(struct mrow *l)
{
	struct entry *e = entry_of(me(), l);
	if (e)
		e->is_kept = true;
	__real_mrow_keep(l);
}

void __wrap_mrow_drop(struct mrow *l)
{
	struct entry *e = entry_of(me(), l);
	if (e)
		atomic_ptr_store_relaxed(&e->lock, NULL);
	fence_full();
	__real_mrow_drop(l);
	if (ledger)
		expect_free(l);
}

static bool shall_write(const struct opset *s, const struct obj *o)
{
	for (u32 i = 0; i < s->count; i++)
		if (s->member[i].obj == o && s->member[i].write)
			return true;
	return false;
}

/* A version only grows: what is valid now was so before. */
static void expect_gone(const struct mcap *c)
{
	count(&ledger->gone);
	if (c->hint && obj_is_here(c->hint) && mcap_is_valid(c, c->hint))
		panic("locks", "a set is told that %s %lu was destroyed, and it "
		      "was not", obj_kind_name(c->hint->kind), c->oid);
}

static void expect_member(const struct opset *s, u32 i)
{
	struct obj *o = s->member[i].obj;
	const struct mcap *c = s->member[i].cap;
	if (!o) {
		expect_gone(c);
		return;
	}
	struct entry *e = entry_of(me(), &o->lock);
	if (!mcap_is_valid(c, o))
		panic("locks", "a set is to have %s %lu of version %u, and gets "
		      "%s %lu of version %u", obj_kind_name(o->kind), c->oid,
		      c->version, obj_kind_name(o->kind), o->oid, o->version);
	if (!e)
		panic("locks", "a set has %s %lu, and hart %u has no lock on it",
		      obj_kind_name(o->kind), o->oid, me());
	if (shall_write(s, o) && !writes(e))
		panic("locks", "a set is to write %s %lu, and hart %u only "
		      "reads it", obj_kind_name(o->kind), o->oid, me());
	if (c->hint != o)
		count(&ledger->moved);
	for (u32 k = 0; k < i; k++)
		if (s->member[k].obj == o)
			count(&ledger->merged);
}

void __wrap_opset_lock(struct opset *s)
{
	hesitate();
	__real_opset_lock(s);
	count(&ledger->sets);
	if (s->count > 1)
		count(&ledger->seconds);
	for (u32 i = 0; ledger && i < s->count; i++)
		expect_member(s, i);
}

/* This is about locks; objects are looked over by other tests. */
void __wrap_check_all(void)
{
	if (!hesitation)
		__real_check_all();
}

void __wrap_hart_enter_user(void)
{
	struct mrow *own = &proc_obj(proc_current())->lock;
	if (ledger && !entry_of(me(), own))
		panic("locks", "hart %u runs %s, and has no lock on it", me(),
		      proc_current()->name);
	for (u32 i = 0; ledger && i < BOOKED_MAX; i++) {
		struct mrow *l = atomic_ptr_load_relaxed(&book[me()][i].lock);
		if (l && l != own)
			panic("locks", "hart %u goes to user mode with %s %lu "
			      "locked", me(), KIND(l), OID(l));
	}
	__real_hart_enter_user();
}
