#include <diag/check.h>
#include <hal/hart.h>
#include <mem/frame.h>
#include <obj/fetch.h>
#include <obj/object.h>

#define BUCKETS 256 /* a power of two */

/* The hash from (kind, OID) to header. */
static struct bucket {
	struct spinlock lock;
	struct link chain; /* of obj.hash, under lock */
} buckets[BUCKETS];

static struct pool {
	char *headers; /* count of them, size bytes each; immutable */
	size_t size;
	u64 count;
	struct atomic64 used; /* headers 0 to used - 1 are in the hash */
} pools[OK_COUNT];

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
}

void obj_pool_init(enum obj_kind kind, size_t size, u64 count,
		   void (*init)(struct obj *))
{
	static const char *const names[] = { "pages", "nodes", "processes" };
	struct pool *p = &pools[kind];
	for (u32 i = 0; i < BUCKETS && kind == OK_PAGE; i++) {
		buckets[i].lock = SPINLOCK(LR_BUCKET);
		link_init(&buckets[i].chain);
	}
	p->headers = frames_carve(size * count, names[kind]);
	p->size = size;
	p->count = count;
	for (u64 i = 0; i < count; i++) {
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

/* Boot set a header and a frame aside for every OID. */
static struct obj *insert_locked(struct bucket *b, enum obj_kind kind, u64 oid)
{
	u64 i = atomic64_add_relaxed(&pools[kind].used, 1);
	struct obj *o = header(&pools[kind], i);
	kassert(i < pools[kind].count);
	o->oid = oid;
	if (kind == OK_PAGE)
		obj_page(o)->frame = frame_take();
	link_insert_before(&b->chain, &o->hash);
	return o;
}

struct obj *obj_insert(enum obj_kind kind, u64 oid, enum residency r)
{
	struct bucket *b = bucket_of(kind, oid);
	struct obj *o = NULL;
	spin_lock(&b->lock);
	if (!lookup_locked(b, kind, oid)) {
		o = insert_locked(b, kind, oid);
		atomic32_store_release(&o->residency, r);
	}
	spin_unlock(&b->lock);
	return o;
}

void obj_arrive(struct obj *o, enum residency as)
{
	kassert(atomic32_load_relaxed(&o->residency) == OBJ_COMING_IN);
	/* Whoever sees it here sees all that was filled in. */
	atomic32_store_release(&o->residency, as);
}

static struct obj *lookup(enum obj_kind kind, u64 oid)
{
	struct bucket *b = bucket_of(kind, oid);
	spin_lock(&b->lock);
	struct obj *o = lookup_locked(b, kind, oid);
	spin_unlock(&b->lock);
	return o;
}

/* Whether a path may end here, the serialization lock aside (lock/serial.h). */
static bool may_stall(void)
{
	struct hart *h = hart_self();
	return !h->committed && !(h->spin_ranks & ~(1u << LR_SERIAL));
}

struct obj *obj_find(enum obj_kind kind, u64 oid)
{
	kassert(may_stall());
	if (oid >= pools[kind].count)
		return NULL;
	for (;;) {
		struct obj *o = lookup(kind, oid);
		if (likely(o && obj_is_here(o)))
			return o;
		obj_fetch(kind, oid, o);
	}
}

struct obj *obj_at(enum obj_kind kind, u64 i)
{
	return i < obj_resident(kind) ? header(&pools[kind], i) : NULL;
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

u64 obj_pool_size(enum obj_kind kind)
{
	return pools[kind].count;
}

u64 obj_count(enum obj_kind kind)
{
	return pools[kind].count;
}

u64 obj_resident(enum obj_kind kind)
{
	return atomic64_load_acquire(&pools[kind].used);
}
