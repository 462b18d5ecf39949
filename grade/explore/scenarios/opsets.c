/*
 * Transactions that find two pages with locks that are only tried, drop these,
 * and take the operation locks of both; and somebody who destroys one of the
 * pages in between, or takes it out of memory.
 *
 * Hart 0 names page 0 first, hart 1 page 1.  Each writes both.  Pages are
 * copied to a disk and from it; what a page holds goes with its OID.
 *
 * Options: reads=1: the second page of each is only read; same=1: hart 0 names
 * one page in three roles, to be read, written and read; destroy=1: hart 1
 * destroys page 0 instead; leave=1: it takes it out of memory, and its header
 * for another; alone=1: when both are done hart 0 begins another, and needs one
 * attempt.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c kernel/cap/cap.c
 *	kernel/obj/slot.c kernel/trap/txn.c
 *	solutions/02-transient-pins/pin.c solutions/03-mrow-locks/mrow.c
 *	solutions/03-mrow-locks/opset.c
 */
#include <explore.h>

#include <cap/opset.h>
#include <hal/hart.h>
#include <hal/upcall.h>
#include <lock/discipline.h>
#include <lock/spin.h>
#include <proc/halt.h>
#include <trap/txn.h>

#define PAGES 2
#define HEADERS 3 /* the last is free at first */

static struct page header[HEADERS];
static u64 frame[HEADERS];  /* what is in each: plain, under its lock */
static u64 disk[PAGES + 1]; /* by OID */
static struct spinlock bucket = SPINLOCK(LR_BUCKET);

/* Of each hart: its capability registers, copies of them, and its part. */
static struct cap slot[EXPLORE_HARTS][PAGES];
static struct mcap copy[EXPLORE_HARTS][PAGES];
static struct opset set[EXPLORE_HARTS];
static u32 attempts; /* of hart 0, when it is alone */
static bool is_done[EXPLORE_HARTS];
static struct atomic32 done; /* harts that are */
static bool is_alone[EXPLORE_HARTS]; /* in its last transaction */

static struct atomic32 destroyed; /* page 0 is, or is just being */
static u64 added[PAGES];          /* to each page, by all; under its lock */

static u32 self(void)
{
	return hart_self()->id;
}

void resched(void)
{
	explore_fail("a hart is given up");
}

void halt_drop_claim(void)
{
	explore_fail("a claim is dropped that nobody has");
}

void txn_run_loaded(void)
{
	explore_fail("a process is run");
}

static void header_init(u32 i, u64 oid, enum residency r)
{
	struct obj *o = &header[i].obj;
	o->oid = oid;
	atomic32_store_release(&o->residency, r);
}

/* Under the bucket lock: the header is free; the page is brought into it. */
static struct obj *bring_in_locked(u64 oid)
{
	for (u32 i = 0; i < HEADERS; i++) {
		struct obj *o = &header[i].obj;
		if (atomic32_load_relaxed(&o->residency) != OBJ_ABSENT)
			continue;
		explore_note("page %lu is brought in, to header %u", oid, i);
		frame[i] = disk[oid];
		header_init(i, oid, OBJ_HERE);
		return o;
	}
	explore_fail("no header is free");
}

/* As obj/object.c does it: pinned under the bucket lock. */
struct obj *obj_find(enum obj_kind kind, u64 oid)
{
	struct obj *o = NULL;
	(void)kind;
	while (!o) {
		spin_lock(&bucket);
		for (u32 i = 0; i < HEADERS && !o; i++)
			if (header[i].obj.oid == oid)
				o = &header[i].obj;
		if (!o)
			o = bring_in_locked(oid);
		bool pinned = pin(o, oid);
		spin_unlock(&bucket);
		if (pinned)
			return o;
		o = NULL; /* it is leaving: wait until it is gone */
		spin_hint();
	}
	return o;
}

static bool shall_write(u32 role)
{
	if (explore_option("same", 0) && self() == 0)
		return role == 1;
	return role == 0 || !explore_option("reads", 0);
}

static u32 page_of(u32 role)
{
	if (explore_option("same", 0) && self() == 0)
		return 0;
	return self() == 0 ? role : 1 - role;
}

static u32 roles(void)
{
	return explore_option("same", 0) && self() == 0 ? 3 : 2;
}

/* Any order, any lock that can be had; cap_prepare() begins again if not. */
static void marshal(void)
{
	for (u32 i = 0; i < PAGES; i++) {
		u32 page = self() == 0 ? i : 1 - i;
		struct obj *o = cap_prepare(&slot[self()][page]);
		explore_note("hart %u has marshalled page %u", self(), page);
		explore_require(!o || mrow_is_read_held(&o->lock),
				"hart %u has prepared page %u, and does not "
				"read it",
				self(), page);
		cap_read(&slot[self()][page], &copy[self()][page]);
	}
}

static void check_member(u32 role, const struct obj *o, const struct mcap *c)
{
	u32 page = page_of(role);
	if (!o) {
		explore_require(page == 0 && atomic32_load_acquire(&destroyed),
				"hart %u is told that page %u was destroyed",
				self(), page);
		return;
	}
	explore_require(mcap_is_valid(c, o),
			"hart %u is given OID %lu, "
			"version %u for page %u, version %u",
			self(), o->oid, o->version, page, c->version);
	explore_require(obj_is_here(o),
			"hart %u is given page %u, which is "
			"not here",
			self(), page);
	explore_require(shall_write(role) ? mrow_is_write_held(&o->lock)
					  : mrow_is_write_held(&o->lock) ||
						    mrow_is_read_held(&o->lock),
			"hart %u is to %s page %u, and has no lock for that",
			self(), shall_write(role) ? "write" : "read", page);
}

static void use(u32 role, struct obj *o)
{
	u32 i = (u32)((struct page *)o - header);
	u64 seen = frame[i];
	explore_require(seen == added[page_of(role)],
			"hart %u finds %lu in page %u, to which %lu was added",
			self(), seen, page_of(role), added[page_of(role)]);
	if (shall_write(role)) {
		frame[i] = seen + 1;
		added[page_of(role)]++;
	}
	explore_note("hart %u has used page %u", self(), page_of(role));
}

static noreturn void copy_pages(void);

static noreturn void body_done(void)
{
	txn_end();
	txn_leave();
	atomic32_add_release(&done, 1);
	if (explore_option("alone", 0) && self() == 0 && !is_alone[0]) {
		while (atomic32_load_acquire(&done) < hart_count())
			spin_hint();
		explore_note("hart 0 is alone now");
		is_alone[0] = true;
		txn_begin(copy_pages);
	}
	is_done[self()] = true;
	explore_end();
}

static noreturn void copy_pages(void)
{
	struct opset *s = &set[self()];
	explore_require(!is_alone[self()] || ++attempts == 1,
			"hart 0 is alone, and has to begin again: whoever it "
			"was that wanted something of it is done");
	marshal();
	mrow_release_all();
	s->count = 0;
	for (u32 i = 0; i < roles(); i++)
		explore_require(opset_add(s, &copy[self()][page_of(i)],
					  shall_write(i)) == i,
				"opset_add() does not say %u", i);
	opset_lock(s);
	for (u32 i = 0; i < roles(); i++)
		check_member(i, s->member[i].obj, s->member[i].cap);
	for (u32 i = 0; i < roles(); i++)
		if (s->member[i].obj)
			use(i, s->member[i].obj);
	body_done();
}

static noreturn void destroy(void)
{
	struct opset *s = &set[self()];
	s->count = 0;
	opset_add(s, &copy[1][0], true);
	opset_lock(s);
	struct obj *o = s->member[0].obj;
	explore_require(o, "nobody has destroyed page 0 before");
	while (!ring_unprepare(o, 1))
		;
	atomic32_store_release(&destroyed, 1);
	ring_end_version(o);
	explore_note("page 0 is destroyed");
	frame[(struct page *)o - header] = 0;
	body_done();
}

/* The end of an object's time in memory, as obj_remove() has it. */
static void remove(struct obj *o)
{
	u32 i = (u32)((struct page *)o - header);
	spin_lock(&bucket);
	spin_lock(&o->ring.lock);
	disk[o->oid] = frame[i];
	frame[i] = 0;
	o->oid = OID_NONE;
	spin_unlock(&o->ring.lock);
	mrow_keep(&o->lock);
	mrow_drop(&o->lock);
	atomic32_store_release(&o->residency, OBJ_ABSENT);
	explore_note("page 0 has left; its header is free");
	bring_in_locked(PAGES);
	spin_unlock(&bucket);
}

/* One attempt, as the ager makes it. */
static noreturn void leave(void)
{
	struct obj *o = &header[0].obj;
	if (mrow_try_write(&o->lock) == LOCK_OK) {
		while (!ring_unprepare(o, 1))
			;
		if (pin_exclude(o))
			remove(o);
	}
	body_done();
}

static void setup(void)
{
	explore_quiet(lock_counts, sizeof(lock_counts));
	for (u32 i = 0; i < HEADERS; i++) {
		struct obj *o = &header[i].obj;
		ring_init(&o->ring, LR_RING);
		link_init(&o->hash);
		link_init(&o->maps);
		o->kind = OK_PAGE;
		header_init(i, i < PAGES ? i : OID_NONE,
			    i < PAGES ? OBJ_HERE : OBJ_ABSENT);
	}
	for (u32 i = 0; i < EXPLORE_HARTS * PAGES; i++) {
		struct mcap c = mcap_to(&header[i % PAGES].obj, CT_PAGE, 0, 0);
		cap_init(&slot[i / PAGES][i % PAGES], &MCAP_VOID);
		cap_write(&slot[i / PAGES][i % PAGES], &c);
		copy[i / PAGES][i % PAGES] = c;
	}
}

static void hart_body(void)
{
	void (*part)(void) noreturn = copy_pages;
	if (self() == 1 && explore_option("destroy", 0))
		part = destroy;
	if (self() == 1 && explore_option("leave", 0))
		part = leave;
	txn_begin(part);
}

/* The page that the hart has locked and waits with, or -1; how, in *writes. */
static int held_page(u32 hart, bool *writes)
{
	const struct hart *h = &harts[hart];
	for (u32 i = 0; i < HEADERS && !is_done[hart]; i++) {
		const struct mrow *l = &header[i].obj.lock;
		*writes = mrow_writer(l) == hart + 1;
		for (u32 k = 0; k < h->held_count; k++)
			if (h->held[k].lock == l)
				return (int)header[i].obj.oid;
	}
	return -1;
}

/* Nobody can go on: all are done, or there is a cycle. */
static void still(void)
{
	bool writes[2];
	int page[2] = { held_page(0, &writes[0]), held_page(1, &writes[1]) };
	if (page[0] < 0 || page[1] < 0)
		return;
	explore_fail("a cycle: hart 0 has page %d to %s and waits for page %d, "
		     "hart 1 has page %d to %s and waits for page %d",
		     page[0], writes[0] ? "write" : "read", 1 - page[0],
		     page[1], writes[1] ? "write" : "read", 1 - page[1]);
}

static void final(void)
{
	for (u32 i = 0; i < HEADERS; i++)
		explore_require(
			!atomic32_load_relaxed(&header[i].obj.lock.word),
			"nobody has header %u any more, and its lock's word is "
			"%u",
			i, atomic32_load_relaxed(&header[i].obj.lock.word));
}

const struct scenario scenario = {
	.expects = "whole sets, of what the capabilities name, and no cycle",
	.harts = 2,
	.setup = setup,
	.final = final,
	.still = still,
	.body = { hart_body, hart_body, hart_body, hart_body },
};
