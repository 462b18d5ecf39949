#include <dev/disk.h>
#include <diag/log.h>
#include <hal/hart.h>
#include <obj/age.h>
#include <proc/process.h>
#include <store/crowd.h>
#include <store/fetch.h>
#include <store/place.h>

struct atomic64 fetch_counts[OK_COUNT];

/* Who misses an object waits with all whose OID gives the same. */
static unsigned crowd_of(u64 oid)
{
	return oid % IO_QUEUES;
}

/* Who looked under the queue's lock before this is on the queue by now. */
static void arrive(struct obj *o, enum residency as)
{
	unsigned crowd = crowd_of(o->oid);
	struct ring *r = crowd_ring(crowd);
	spin_lock(&r->lock);
	obj_arrive(o, as);
	crowd_wake_locked(crowd);
	spin_unlock(&r->lock);
}

static struct place find_place(enum obj_kind kind, u64 oid)
{
	spin_lock(&store_lock);
	struct place at = place_find_locked(kind, oid);
	spin_unlock(&store_lock);
	return at;
}

/* The block is here: fills the object in.  False: it cannot be. */
static bool fill(struct disk_request *r, const struct place *at,
		 const char **why)
{
	*why = "the disk cannot read it";
	return !r->failed &&
	       record_fill(r->owner, direct(r->memory), at, why);
}

/*
 * One look at the place: it says where the object is and where in the block.
 * If that is another block, the object has gone home since the read began.
 */
static void fetched(struct disk_request *r)
{
	struct obj *o = r->owner;
	struct place at = find_place(o->kind, o->oid);
	const char *why;
	if (at.block != r->block) {
		r->block = at.block;
		disk_submit(r);
		return;
	}
	bool filled = fill(r, &at, &why);
	if (!filled)
		log_printf("disk: %s %lu, in block %lu: %s\n",
			   obj_kind_name(o->kind), o->oid, r->block, why);
	disk_give_back(r);
	arrive(o, filled ? OBJ_HERE : OBJ_FAILED);
}

/* One of those who see it frees the header. */
static noreturn void fail(enum obj_kind kind, u64 oid, struct obj *o)
{
	if (!proc_current())
		panic("image", "%s %lu cannot be read", obj_kind_name(kind),
		      oid);
	if (mrow_try_write(&o->lock) == LOCK_OK &&
	    atomic32_cas_acquire(&o->residency, OBJ_FAILED, OBJ_LEAVING))
		obj_remove(o);
	txn_fault(FAULT_DISK, oid, kind);
}

/* Returns once the object is here, or stalls. */
static void wait_for(struct obj *o, u64 oid)
{
	struct ring *r = crowd_ring(crowd_of(oid));
	while (!proc_current() && obj_is_coming(o))
		disk_poll();
	spin_lock(&r->lock);
	/* The header may be another's by now: that one arrives elsewhere. */
	if (obj_is_coming(o) && o->oid == oid)
		crowd_join_locked(crowd_of(oid));
	spin_unlock(&r->lock);
}

/*
 * A null object is here at once.  Under the store lock: else another hart could
 * bring it in, write it, and page it out between the look and the header.
 */
static bool insert_null(enum obj_kind kind, u64 oid)
{
	spin_lock(&store_lock);
	bool null = !place_find_locked(kind, oid).block;
	if (null)
		obj_insert(kind, oid, OBJ_HERE);
	spin_unlock(&store_lock);
	return null;
}

/* The request comes first: there is no header whose read nobody starts. */
static struct obj *start(enum obj_kind kind, u64 oid)
{
	struct disk_request *r = disk_take();
	struct obj *o = obj_insert(kind, oid, OBJ_COMING_IN);
	if (!o) {
		disk_give_back(r);
		return NULL;
	}
	r->op = DISK_READ;
	r->block = find_place(kind, oid).block;
	r->memory = kind == OK_PAGE ? obj_page(o)->frame : r->buffer;
	r->done = fetched;
	r->owner = o;
	atomic64_add_relaxed(&fetch_counts[kind], 1);
	disk_submit(r);
	return o;
}

void obj_fetch(enum obj_kind kind, u64 oid, struct obj *coming)
{
	if (coming && obj_has_failed(coming))
		fail(kind, oid, coming);
	if (!coming) {
		obj_make_room(kind);
		if (insert_null(kind, oid))
			return;
		coming = start(kind, oid);
	}
	if (coming)
		wait_for(coming, oid);
}
