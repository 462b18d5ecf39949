#include <base/string.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <mem/frame.h>
#include <obj/age.h>
#include <obj/fetch.h>
#include <obj/object.h>
#include <obj/pin.h>

#define BUCKETS 256 /* a power of two */
/* Free headers looked at by one check. */
#define FREE_CHECKED 8

/* The hash from (kind, OID) to header. */
static struct bucket {
	struct spinlock lock;
	struct link chain; /* of obj.hash, under lock */
} buckets[BUCKETS];

static struct pool {
	/* immutable after boot */
	char *headers; /* `room` of them, size bytes each */
	size_t size;
	u64 room, count;

	struct spinlock lock;
	struct link free;     /* of obj.hash, under lock: used before */
	u64 fresh;            /* under lock: from here on never used */
	struct atomic64 used; /* not free; changed under lock */
} pools[OK_COUNT];

static struct atomic64 headers_taken;

static struct obj *header(const struct pool *p, u64 i)
{
	return (struct obj *)(p->headers + i * p->size);
}

static void header_init(struct obj *o, enum obj_kind kind)
{
	ring_init(&o->ring, LR_RING);
	link_init(&o->hash);
	link_init(&o->maps);
	link_init(&o->changed);
	o->kind = kind;
	o->span = SPAN_MIN;
	o->oid = OID_NONE;
}

void obj_pool_init(enum obj_kind kind, size_t size, u64 headers, u64 count,
		   void (*init)(struct obj *))
{
	static const char *const names[] = { "pages", "nodes", "processes" };
	struct pool *p = &pools[kind];
	for (u32 i = 0; i < BUCKETS && kind == OK_PAGE; i++) {
		buckets[i].lock = SPINLOCK(LR_BUCKET);
		link_init(&buckets[i].chain);
	}
	p->headers = frames_carve(size * headers, names[kind]);
	p->size = size;
	p->room = headers;
	p->count = count;
	p->lock = SPINLOCK(LR_FRAMES);
	link_init(&p->free);
	for (u64 i = 0; i < headers; i++) {
		header_init(header(p, i), kind);
		if (init)
			init(header(p, i));
	}
}

static struct bucket *bucket_of(enum obj_kind kind, u64 oid)
{
	return &buckets[((oid * OK_COUNT + kind) * 0x9e3779b97f4a7c15ul) >> 56];
}

static struct obj *lookup_locked(struct bucket *b, enum obj_kind kind, u64 oid)
{
	for (struct link *l = b->chain.next; l != &b->chain; l = l->next) {
		struct obj *o = container_of(l, struct obj, hash);
		if (o->oid == oid && o->kind == kind)
			return o;
	}
	return NULL;
}

/* A free header, which nobody else has then; or NULL. */
static struct obj *header_take(struct pool *p)
{
	struct obj *o = NULL;
	spin_lock(&p->lock);
	if (!link_is_alone(&p->free)) {
		o = container_of(p->free.next, struct obj, hash);
		link_remove(&o->hash);
	} else if (p->fresh < p->room) {
		o = header(p, p->fresh++);
	}
	if (o)
		atomic64_add_relaxed(&p->used, 1);
	spin_unlock(&p->lock);
	return o;
}

static void header_free(struct pool *p, struct obj *o)
{
	spin_lock(&p->lock);
	link_insert_after(&p->free, &o->hash);
	atomic64_add_relaxed(&p->used, ~0ul);
	spin_unlock(&p->lock);
}

/* Boot set a frame aside for every header of a page, which keeps it. */
static void make_frame(struct page *p, bool null)
{
	if (!p->frame.raw)
		p->frame = frame_take();
	else if (null)
		memset(direct(p->frame), 0, PAGE_SIZE);
}

struct obj *obj_insert(enum obj_kind kind, u64 oid, enum residency r)
{
	struct bucket *b = bucket_of(kind, oid);
	struct obj *o = header_take(&pools[kind]);
	if (!o)
		return NULL;
	atomic32_store_relaxed(&o->age, 0);
	if (kind == OK_PAGE)
		make_frame(obj_page(o), r == OBJ_HERE);
	spin_lock(&b->lock);
	bool first = !lookup_locked(b, kind, oid);
	if (first) {
		o->oid = oid;
		link_insert_before(&b->chain, &o->hash);
		/* Whoever sees it here sees whose header it is. */
		atomic32_store_release(&o->residency, r);
	}
	spin_unlock(&b->lock);
	if (!first) {
		header_free(&pools[kind], o);
		return NULL;
	}
	atomic64_add_relaxed(&headers_taken, 1);
	return o;
}

void obj_arrive(struct obj *o, enum residency as)
{
	kassert(atomic32_load_relaxed(&o->residency) == OBJ_COMING_IN);
	/* Whoever sees it here sees all that was filled in. */
	atomic32_store_release(&o->residency, as);
}

void obj_remove(struct obj *o)
{
	struct bucket *b = bucket_of(o->kind, o->oid);
	kassert(mrow_is_write_held(&o->lock));
	kassert(atomic32_load_relaxed(&o->residency) == OBJ_LEAVING);
	spin_lock(&b->lock);
	spin_lock(&o->ring.lock);
	slots_unprepare_locked(&o->ring, o->oid, ~0u);
	o->oid = OID_NONE;
	o->version = 0;
	spin_unlock(&o->ring.lock);
	link_remove(&o->hash);
	atomic32_store_relaxed(&o->residency, OBJ_ABSENT);
	spin_unlock(&b->lock);
	mrow_keep(&o->lock);
	mrow_drop(&o->lock);
	header_free(&pools[o->kind], o);
}

/*
 * Looks under the bucket lock, under which nothing is removed, and pins what is
 * found.  *r is what the object was then: OBJ_HERE, pinned; OBJ_COMING_IN, and
 * pinned as soon as it is here; or something else, and nothing is certain.
 */
static struct obj *look_up(enum obj_kind kind, u64 oid, enum residency *r)
{
	struct bucket *b = bucket_of(kind, oid);
	spin_lock(&b->lock);
	struct obj *o = lookup_locked(b, kind, oid);
	*r = OBJ_ABSENT;
	if (o && pin(o, oid))
		*r = OBJ_HERE;
	else if (o && !obj_is_here(o))
		*r = OBJ_COMING_IN;
	else if (o)
		*r = OBJ_LEAVING;
	spin_unlock(&b->lock);
	return o;
}

/* Whether a path may end here, the discipline's lock aside (lock/discipline.h). */
static bool may_stall(void)
{
	struct hart *h = hart_self();
	return !h->committed && !(h->spin_ranks & ~(1u << LR_SERIAL));
}

struct obj *obj_find(enum obj_kind kind, u64 oid)
{
	enum residency r;
	kassert(may_stall());
	if (oid >= pools[kind].count)
		return NULL;
	for (;;) {
		struct obj *o = look_up(kind, oid, &r);
		if (likely(r == OBJ_HERE)) {
			obj_touch(o);
			return o;
		}
		if (r == OBJ_LEAVING)
			txn_restart(); /* the ager will soon be done with it */
		obj_fetch(kind, oid, o);
	}
}

struct obj *obj_at(enum obj_kind kind, u64 i)
{
	struct obj *o = header(&pools[kind], i);
	return i < pools[kind].room && atomic32_load_acquire(&o->residency) ?
		       o : NULL;
}

const char *obj_kind_name(enum obj_kind kind)
{
	static const char *const names[] = {
#define X(id, n, name) [id] = name,
		OBJ_KINDS(X)
#undef X
	};
	return names[kind];
}

u64 obj_count(enum obj_kind kind)
{
	return pools[kind].count;
}

u64 obj_headers(enum obj_kind kind)
{
	return pools[kind].room;
}

u64 obj_headers_used(enum obj_kind kind)
{
	struct pool *p = &pools[kind];
	spin_lock(&p->lock);
	u64 used = p->fresh;
	spin_unlock(&p->lock);
	return used;
}

u64 obj_resident(enum obj_kind kind)
{
	return atomic64_load_relaxed(&pools[kind].used);
}

u64 obj_taken(void)
{
	return atomic64_load_relaxed(&headers_taken);
}

static bool is_as_free(const struct obj *o)
{
	return !atomic32_load_relaxed(&o->residency) && o->oid == OID_NONE &&
	       link_is_alone(&o->maps) && o->ring.head.next == &o->ring.divider &&
	       o->ring.divider.next == &o->ring.head &&
	       atomic32_load_relaxed(&o->change) == CH_CLEAN &&
	       !atomic_ptr_load_relaxed(&o->space);
}

void obj_check_free(enum obj_kind kind)
{
	struct pool *p = &pools[kind];
	spin_lock(&p->lock);
	struct link *l = p->free.next;
	for (unsigned i = 0; i < FREE_CHECKED && l != &p->free; i++) {
		struct obj *o = container_of(l, struct obj, hash);
		if (!is_as_free(o) || l->next->prev != l)
			panic(__func__, "header %p of kind %u is free, but has "
					"something left: OID %lx", (void *)o,
			      kind, o->oid);
		l = l->next;
	}
	spin_unlock(&p->lock);
}
