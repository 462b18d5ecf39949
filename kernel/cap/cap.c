#include <cap/cap.h>
#include <diag/check.h>
#include <lock/serial.h>

enum obj_kind type_kind(enum cap_type type)
{
	if (type == CT_PAGE)
		return OK_PAGE;
	return type == CT_NODE || type == CT_METER ? OK_NODE : OK_PROCESS;
}

static bool has_version(enum cap_type type)
{
	return type != CT_RESUME;
}

bool mcap_is_valid(const struct mcap *c, const struct obj *o)
{
	enum cap_type type = META_TYPE(c->meta);
	return o->oid == c->oid && o->kind == type_kind(type) &&
	       (!has_version(type) || o->version == c->version);
}

struct obj *mcap_find(const struct mcap *c)
{
	enum cap_type type = META_TYPE(c->meta);
	if (!type_names_object(type))
		return NULL;
	if (c->hint && c->hint->oid == c->oid)
		return c->hint;
	return obj_find(type_kind(type), c->oid);
}

struct mcap mcap_to(struct obj *o, enum cap_type type, u8 rights, u16 badge)
{
	return (struct mcap){
		.meta = META(type, rights, badge),
		.version = o->version, .oid = o->oid, .hint = o,
	};
}

void cap_read(struct cap *slot, struct mcap *out)
{
	u32 meta = cap_meta(slot);
	*out = (struct mcap){ .meta = meta & ~META_HAZARD,
			      .version = slot->version };
	for (;;) {
		u64 name = atomic64_load_relaxed(&slot->name);
		struct ring *r = name_ring(name);
		if (!type_names_object(META_TYPE(meta))) {
			out->oid = name;
			return;
		}
		if (!r) {
			out->oid = name >> 1;
			return;
		}
		spin_lock(&r->lock);
		if (atomic64_load_relaxed(&slot->name) == name) {
			out->hint = ring_obj(r);
			out->oid = out->hint->oid;
			spin_unlock(&r->lock);
			return;
		}
		spin_unlock(&r->lock);
	}
}

/* Takes a slot off the ring it is on, if it is on one. */
static void cap_unlink(struct cap *slot)
{
	if (!type_names_object(cap_type(slot)))
		return;
	for (;;) {
		u64 name = atomic64_load_relaxed(&slot->name);
		struct ring *r = name_ring(name);
		if (!r)
			return;
		spin_lock(&r->lock);
		bool still = atomic64_load_relaxed(&slot->name) == name;
		if (still) {
			link_remove(&slot->link);
			atomic64_store_relaxed(
				&slot->name, name_of_oid(ring_obj(r)->oid));
		}
		spin_unlock(&r->lock);
		if (still)
			return;
	}
}

/* The slot's value is set; links it if the header is (still) the right one. */
static bool cap_link(struct cap *slot, const struct mcap *value)
{
	struct ring *r = &value->hint->ring;
	spin_lock(&r->lock);
	bool valid = mcap_is_valid(value, value->hint);
	/* Another reader of the same node may have prepared it already. */
	if (valid && !name_ring(atomic64_load_relaxed(&slot->name))) {
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

void cap_write(struct cap *slot, const struct mcap *in)
{
	kassert(!(cap_meta(slot) & META_HAZARD));
	cap_unlink(slot);
	cap_init(slot, in);
	if (type_names_object(META_TYPE(in->meta)) && in->hint)
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
	if (o->kind == OK_PROCESS)
		return;
	if (mrow_try_read(&o->lock) == LOCK_OK)
		return;
	serial_note_contention();
	txn_restart();
}

struct obj *cap_prepare(struct cap *slot)
{
	struct ring *r = name_ring(atomic64_load_relaxed(&slot->name));
	if (likely(r)) {
		lock_target(ring_obj(r));
		if (name_ring(atomic64_load_relaxed(&slot->name)) == r)
			return ring_obj(r);
	}
	struct mcap value;
	cap_read(slot, &value);
	value.hint = mcap_find(&value);
	if (!value.hint)
		return NULL;
	lock_target(value.hint);
	return cap_link(slot, &value) ? value.hint : NULL;
}

static void unprepare_locked(struct obj *o, unsigned most)
{
	for (; most && ring_has_caps_locked(&o->ring); most--) {
		struct cap *c = cap_of_link(o->ring.head.next);
		link_remove(&c->link);
		atomic64_store_relaxed(&c->name, name_of_oid(o->oid));
	}
}

bool ring_unprepare(struct obj *o, unsigned most)
{
	kassert(mrow_is_write_held(&o->lock));
	spin_lock(&o->ring.lock);
	unprepare_locked(o, most);
	bool done = !ring_has_caps_locked(&o->ring);
	spin_unlock(&o->ring.lock);
	return done;
}

void ring_end_version(struct obj *o)
{
	kassert(mrow_is_write_held(&o->lock));
	spin_lock(&o->ring.lock);
	o->version++;
	unprepare_locked(o, ~0u);
	spin_unlock(&o->ring.lock);
}
