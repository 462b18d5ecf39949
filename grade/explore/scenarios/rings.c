/*
 * One ring, and links that are cut by whoever holds its lock: slots that are
 * read, written and prepared while the object they name is destroyed and
 * unprepared; look, lock, look again.
 *
 * Hart 0 destroys the page that the slots of a node name, in steps of one
 * link; harts 1 and 2 copy, clear and prepare slots of the node, with the lock
 * on it that each needs.
 *
 * Option: reuse=1: instead the page is paged out, and its header used for
 * another, while the others only copy.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c kernel/cap/cap.c
 *	kernel/obj/slot.c
 *	kernel/cap/check.c kernel/base/fmt.c
 *	solutions/02-transient-pins/pin.c solutions/03-mrow-locks/mrow.c
 */
#include <explore.h>

#include <cap/cap.h>
#include <hal/hart.h>
#include <lock/spin.h>

#define SLOTS 3 /* of the node, that name the page */
#define BADGE 7

static struct page target;
static struct node holder;
static struct mcap copies[EXPLORE_HARTS];

struct obj *obj_find(enum obj_kind kind, u64 oid)
{
	return kind == OK_PAGE && oid == target.obj.oid ? &target.obj : NULL;
}

/* The page is being destroyed: one attempt is enough here. */
void txn_restart(void)
{
	mrow_release_all();
	explore_end();
}

void resched(void)
{
	explore_fail("nobody is asked to give up its hart here");
}

static void object_init(struct obj *o, enum obj_kind kind, u64 oid)
{
	ring_init(&o->ring, LR_RING);
	atomic32_store_relaxed(&o->residency, OBJ_HERE);
	link_init(&o->hash);
	link_init(&o->maps);
	o->kind = (u8)kind;
	o->oid = oid;
}

static struct mcap page_cap(void)
{
	return mcap_to(&target.obj, CT_PAGE, 0, BADGE);
}

static void setup(void)
{
	struct mcap page;
	object_init(&target.obj, OK_PAGE, 5);
	object_init(&holder.obj, OK_NODE, 3);
	explore_quiet(lock_counts, sizeof(lock_counts));
	page = page_cap();
	for (u32 i = 0; i < NODE_SLOTS; i++)
		cap_init(&holder.slot[i], &MCAP_VOID);
	cap_write(&holder.slot[0], &page);
	cap_write(&holder.slot[1], &page);
	cap_init(&holder.slot[2], &page); /* not prepared yet */
}

/* A copy names the page, whether the slot was prepared or not. */
static void read_slot(u32 i)
{
	struct mcap *copy = &copies[hart_self()->id];
	cap_read(&holder.slot[i], copy);
	explore_require(META_TYPE(copy->meta) != CT_PAGE ||
				(copy->oid == 5 && copy->version == 0 &&
				 META_BADGE(copy->meta) == BADGE),
			"the copy of slot %u is torn: OID %lu, version %u", i,
			copy->oid, copy->version);
}

/* The header stands for another page now. */
static void reuse(struct obj *o)
{
	spin_lock(&o->ring.lock);
	o->oid = 6;
	spin_unlock(&o->ring.lock);
}

static void destroy(void)
{
	mrow_write(&target.obj.lock);
	while (!ring_unprepare(&target.obj, 1))
		;
	if (explore_option("reuse", 0))
		reuse(&target.obj);
	else
		ring_end_version(&target.obj);
	mrow_release_all();
}

/* With a read lock it prepares again, if the page is still there. */
static void prepare_slot(u32 i)
{
	struct mcap value;
	cap_read(&holder.slot[i], &value);
	struct obj *o = cap_prepare(&holder.slot[i]);
	explore_require(!o || mcap_is_valid(&value, o),
			"slot %u was prepared for a page that is gone", i);
	explore_require(!o || cap_is_prepared(&holder.slot[i]),
			"slot %u is not prepared, though its page is locked",
			i);
}

static void change(void)
{
	mrow_write(&holder.obj.lock);
	read_slot(0);
	cap_clear(&holder.slot[0]);
	mrow_release_all();
}

static void look(u32 first, u32 second)
{
	if (mrow_try_read(&holder.obj.lock) != LOCK_OK)
		return;
	read_slot(first);
	read_slot(second);
	if (!explore_option("reuse", 0)) {
		prepare_slot(first);
		prepare_slot(second);
	}
	mrow_release_all();
}

static void change_and_look(void)
{
	change();
	look(1, 2);
}

static void only_look(void)
{
	look(2, 1);
}

static void final(void)
{
	ring_check(&target.obj.ring, "the page's ring");
	explore_require(!ring_has_caps_locked(&target.obj.ring),
			"capabilities of a version that is past are linked");
	for (u32 i = 0; i < SLOTS; i++)
		explore_require(!type_names_object(cap_type(&holder.slot[i])) ||
					!cap_is_prepared(&holder.slot[i]),
				"slot %u is prepared for a page that is gone",
				i);
}

const struct scenario scenario = {
	.expects = "copies that are whole, and no link to what was destroyed",
	.harts = 2,
	.setup = setup,
	.final = final,
	.body = { destroy, change_and_look, only_look },
};
