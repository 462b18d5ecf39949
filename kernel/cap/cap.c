#include <cap/cap.h>
#include <diag/check.h>
#include <lock/discipline.h>

struct obj *mcap_look_up(const struct mcap *c)
{
	enum cap_type type = META_TYPE(c->meta);
	if (!type_names_object(type))
		return NULL;
	return obj_find(type_kind(type), c->oid);
}

struct mcap mcap_to(struct obj *o, enum cap_type type, u8 rights, u16 badge)
{
	return (struct mcap){
		.meta = META(type, rights, badge),
		.version = o->version, .oid = o->oid, .hint = o,
	};
}

/*
 * Look, lock, look again: locks the ring that a slot is on and returns it;
 * NULL if it is on none.  *name is what the slot named at that moment.
 *
 * Whoever cut the link released the name when it was done; who finds it off
 * every ring acquires, before it touches the link.
 */
static inline struct ring *lock_ring_of(const struct cap *slot, u64 *name)
{
	bool object = type_names_object(cap_type(slot));
	for (;;) {
		*name = atomic64_load_acquire(&slot->name);
		struct ring *r = object ? name_ring(*name) : NULL;
		if (!r)
			return NULL;
		spin_lock(&r->lock);
		if (likely(atomic64_load_relaxed(&slot->name) == *name))
			return r;
		spin_unlock(&r->lock);
	}
}

void cap_read(struct cap *slot, struct mcap *out)
{
	u64 name;
	struct ring *r = lock_ring_of(slot, &name);
	u32 meta = cap_meta(slot);
	out->meta = meta & ~META_HAZARD;
	out->version = slot->version;
	out->hint = NULL;
	if (r) {
		out->hint = ring_obj(r);
		out->oid = out->hint->oid;
		spin_unlock(&r->lock);
	} else {
		out->oid = type_names_object(META_TYPE(meta)) ? name >> 1 : name;
	}
}

/*
 * Under the ring's lock: whether the header is (still) the right one.  Of an
 * object that is not here nothing is filled in; one that is leaving is made
 * anonymous under this lock.
 */
static bool hint_holds_locked(const struct mcap *value)
{
	return obj_is_here(value->hint) && mcap_is_valid(value, value->hint);
}

/* The slot's value is set; links it if it can be. */
static bool cap_link(struct cap *slot, const struct mcap *value)
{
	struct ring *r = &value->hint->ring;
	spin_lock(&r->lock);
	bool valid = hint_holds_locked(value);
	/* Another reader of the same node may have prepared it already. */
	if (valid && !name_ring(atomic64_load_acquire(&slot->name))) {
		link_insert_after(&r->head, &slot->link);
		atomic64_store_release(&slot->name, (u64)r);
	}
	spin_unlock(&r->lock);
	return valid;
}

void cap_init(struct cap *slot, const struct mcap *in)
{
	bool object = type_names_object(META_TYPE(in->meta));
	link_init(&slot->link);
	atomic32_store_relaxed(&slot->meta, in->meta);
	slot->version = in->version;
	atomic64_store_relaxed(&slot->name,
			       object ? name_of_oid(in->oid) : in->oid);
}

/*
 * Under r->lock, the slot's ring: takes it off, unless it is to name the same
 * object again; then it has its new value and stays (true).
 */
static bool rewrite_locked(struct cap *slot, struct ring *r,
			   const struct mcap *in)
{
	if (in->hint && r == &in->hint->ring && mcap_is_valid(in, in->hint)) {
		atomic32_store_relaxed(&slot->meta, in->meta);
		slot->version = in->version;
		return true;
	}
	link_remove(&slot->link);
	atomic64_store_relaxed(&slot->name, name_of_oid(ring_obj(r)->oid));
	return false;
}

void cap_write(struct cap *slot, const struct mcap *in)
{
	u64 name;
	struct ring *r = lock_ring_of(slot, &name);
	kassert(!(cap_meta(slot) & META_HAZARD));
	if (r) {
		bool stays = rewrite_locked(slot, r, in);
		spin_unlock(&r->lock);
		if (stays)
			return;
	}
	cap_init(slot, in);
	if (in->hint)
		cap_link(slot, in);
}

void cap_clear(struct cap *slot)
{
	cap_write(slot, &MCAP_VOID);
}

void cap_set_hazard(struct cap *slot)
{
	if (!(cap_meta(slot) & META_HAZARD))
		atomic32_or_relaxed(&slot->meta, META_HAZARD);
}

static void lock_target(struct obj *o)
{
	if (mrow_try_read(&o->lock) != LOCK_OK)
		discipline_restart(&o->lock);
}

static seldom struct obj *look_up_and_link(struct cap *slot)
{
	struct mcap value;
	cap_read(slot, &value);
	value.hint = mcap_find(&value);
	if (!value.hint)
		return NULL;
	if (value.hint->kind != OK_PROCESS)
		lock_target(value.hint);
	return cap_link(slot, &value) ? value.hint : NULL;
}

struct obj *cap_prepare(struct cap *slot)
{
	struct ring *r = name_ring(atomic64_load_relaxed(&slot->name));
	/* A lock keeps a page or node; a process, a pin, which wants its OID. */
	if (likely(r && ring_obj(r)->kind != OK_PROCESS)) {
		lock_target(ring_obj(r));
		if (name_ring(atomic64_load_relaxed(&slot->name)) == r) {
			obj_touch(ring_obj(r));
			return ring_obj(r);
		}
	}
	return look_up_and_link(slot);
}

bool ring_unprepare(struct obj *o, unsigned most)
{
	kassert(mrow_is_write_held(&o->lock));
	spin_lock(&o->ring.lock);
	slots_unprepare_locked(&o->ring, o->oid, most);
	bool done = !ring_has_caps_locked(&o->ring);
	spin_unlock(&o->ring.lock);
	return done;
}

void ring_end_version(struct obj *o)
{
	kassert(mrow_is_write_held(&o->lock));
	spin_lock(&o->ring.lock);
	o->version++;
	slots_unprepare_locked(&o->ring, o->oid, ~0u);
	spin_unlock(&o->ring.lock);
}
