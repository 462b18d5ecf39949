/*
 * A space that one hart loads while another frees it: no lock keeps the two
 * apart, but each writes what it does and then looks at what the other wrote.
 *
 * Hart 0 loads the space of a node, then an empty one, then the first again;
 * hart 1 gives back what can be had, or (option `destroy`) destroys the node
 * and gives its header another space.  A table that a root of page tables still
 * points to must not be freed, and the new space is none of hart 0's.
 *
 * Links: kernel/space/space.c kernel/space/table.c kernel/space/walk.c
 *	kernel/cap/cap.c kernel/obj/slot.c kernel/lock/spin.c kernel/lock/discipline/serial.c
 *	solutions/02-transient-pins/pin.c solutions/03-mrow-locks/mrow.c
 *	solutions/05-halting/shoot.c
 */
#include <explore.h>

#include <hal/hart.h>
#include <hal/irq.h>
#include <lock/discipline.h>
#include <mem/frame.h>
#include <obj/reserve.h>
#include <space/shoot.h>
#include <space/table.h>

#define FRAMES 4
#define PRESENT 1ul
/* What looks on takes no part: the order of its accesses is nobody's. */
#define witness __attribute__((no_sanitize("thread")))

static struct node root;
static struct cap top, none;
static u64 frames[FRAMES][PTES] __attribute__((aligned(PAGE_SIZE)));
static u32 frames_taken;
static bool freed[FRAMES];
static u64 loaded[EXPLORE_HARTS][MMU_USER_ROOTS]; /* what the roots hold */

struct obj *obj_find(enum obj_kind kind, u64 oid)
{
	return kind == OK_NODE && oid == root.obj.oid ? &root.obj : NULL;
}

void txn_restart(void)
{
	mrow_release_all();
	explore_end();
}

void resched(void)
{
	explore_fail("nobody is asked to give up its hart here");
}

void reserve_and_mark(struct obj *o)
{
	explore_fail("object %lu is not written here", o->oid);
}

/* Memory: a few frames, and tables of spaces. */

bool frame_alloc(paddr_t *out)
{
	if (frames_taken == FRAMES)
		return false;
	*out = direct_paddr(frames[frames_taken++]);
	return true;
}

void *frames_carve(size_t bytes, const char *what)
{
	static char room[2 * PAGE_SIZE];
	static size_t used;
	void *p = room + used;
	used += ROUND_UP(bytes, 64ul);
	explore_require(used <= sizeof(room), "no room for the %s", what);
	return p;
}

static u64 frame_index(u64 address)
{
	return (address - (u64)frames) / PAGE_SIZE;
}

witness void frame_free(paddr_t frame)
{
	for (u32 h = 0; h < EXPLORE_HARTS; h++)
		for (u32 i = 0; i < MMU_USER_ROOTS; i++)
			explore_require((loaded[h][i] & ~PRESENT) != frame.raw,
					"a table is freed that hart %u has in "
					"its root", h);
	freed[frame_index(frame.raw)] = true;
}

/* The machine's page tables: an entry is an address, and present or not. */

void *direct(paddr_t pa)
{
	return (void *)pa.raw;
}

paddr_t direct_paddr(const void *p)
{
	return PADDR((u64)p);
}

u64 pte_make_table(paddr_t table)
{
	return table.raw | PRESENT;
}

u64 pte_make_leaf(paddr_t page, unsigned rights)
{
	return page.raw | rights << 1 | PRESENT;
}

bool pte_is_present(u64 pte)
{
	return pte & PRESENT;
}

paddr_t pte_target(u64 pte)
{
	return PADDR(pte & ~(PAGE_SIZE - 1));
}

witness void mmu_load(const pte_t *roots)
{
	u32 h = hart_self()->id;
	for (u32 i = 0; i < MMU_USER_ROOTS; i++) {
		u64 entry = roots ? atomic64_load_relaxed(&roots[i]) : 0;
		loaded[h][i] = entry;
		explore_require(!entry || !freed[frame_index(entry)],
				"a table is loaded that was freed");
	}
}

/* A space with one leaf, as a fault has left it. */
static void fill(void)
{
	spin_lock(&space_lock);
	struct space *s = space_of_locked(&root.obj);
	explore_require(mapref_add_locked(&root.obj, s, 0) &&
				table_set_locked(s, VADDR(0),
						 pte_make_leaf(PADDR(0), 0)),
			"no room for a space");
	spin_unlock(&space_lock);
	atomic32_or_relaxed(&root.slot[0].meta, META_HAZARD);
}

static void setup(void)
{
	struct obj *o = &root.obj;
	struct mcap name;
	ring_init(&o->ring, LR_RING);
	atomic32_store_relaxed(&o->residency, OBJ_HERE);
	link_init(&o->hash);
	link_init(&o->maps);
	o->kind = OK_NODE;
	o->span = SPAN_MIN;
	o->oid = 3;
	for (u32 i = 0; i < NODE_SLOTS; i++)
		cap_init(&root.slot[i], &MCAP_VOID);
	cap_init(&none, &MCAP_VOID);
	cap_init(&top, &MCAP_VOID);
	name = mcap_to(o, CT_NODE, 0, 0);
	cap_write(&top, &name);
	explore_quiet(lock_counts, sizeof(lock_counts));
	tables_init(2, 4);
	fill();
}

static void load(struct cap *slot)
{
	space_load(slot);
	mrow_release_all();
}

static void loader(void)
{
	load(&top);
	load(&none);
	load(&top);
}

static void destroy(void)
{
	mrow_write(&root.obj.lock);
	ring_end_version(&root.obj);
	space_object_changes(&root.obj);
	fill();
	mrow_release_all();
}

static void reclaim(void)
{
	spin_lock(&space_lock);
	space_reclaim_locked();
	spin_unlock(&space_lock);
	mrow_release_all();
}

static void freer(void)
{
	if (explore_option("destroy", 0))
		destroy();
	else
		reclaim();
}

static void final(void)
{
	struct space *s = atomic_ptr_load_relaxed(&harts[0].space);
	explore_require(!s || s->in_use, "hart 0 has a space that was freed");
	explore_require(!s || s->root != &root.obj ||
				!explore_option("destroy", 0),
			"hart 0 has the space of another version of the node");
}

const struct scenario scenario = {
	.expects = "no table to be freed that a hart has loaded",
	.harts = 2, .setup = setup, .final = final,
	.body = { loader, freer },
};
