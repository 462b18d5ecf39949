/*
 * Objects: pages, nodes and processes, by their headers.
 *
 * Headers are type-stable: an array for each kind, never freed, only reused.
 * So a stale pointer to one can always be followed, its ring locked, and the
 * doubt settled by a second look.
 *
 * Memory is a cache of the disk: an object is brought in when it is looked for
 * (obj/fetch.h), and taken away when its header is needed (obj/age.h).
 *
 *      absent -------> coming in -------> here <---> leaving
 *       | ^  obj_insert()      obj_arrive() ^            |
 *       | +-------- obj_remove() -----------|------------+
 *       +-----------------------------------+
 *           a null object needs no disk
 *
 * One that cannot be read is *failed* instead of here, until somebody has seen
 * that and removes it.
 *
 * Invariants
 *  1. At most one header stands for a (kind, OID); it is in the hash, from
 *     before the disk is asked for the object: so one I/O serves all who look.
 *  2. An OID below the image's count always names an object; one never made
 *     is null: version 0, all zeros or all void.
 *  3. A capability whose version is not the object's is void.
 *  4. A version only grows; the last one is never used, the OID is retired.
 *  5. The header of an object coming in belongs to whoever brings it in: no
 *     capability is prepared to it, no hook hangs on it, and nobody but
 *     obj_find(), check_all() and the inspector comes upon it.
 */
#pragma once

#include <abi/captypes.h>
#include <hal/hart.h>
#include <lock/mrow.h>
#include <obj/ring.h>
#include <obj/slot.h>

#define VERSION_RETIRED (~0u)

/* The OID of a header that is free: no capability names it. */
#define OID_NONE (~0ul >> 1)

enum residency {
	OBJ_ABSENT = 0, /* of a header: it is free */
	OBJ_COMING_IN,
	OBJ_FAILED,  /* it cannot be read (obj/fetch.h) */
	OBJ_HERE,
	OBJ_LEAVING, /* the ager has it (obj/pin.h) */
};

/* What the disk has of an object; changed by the store (obj/reserve.h). */
enum change {
	CH_CLEAN = 0, /* all of it */
	CH_DIRTY,     /* an older state; this one is to be in the next checkpoint */
	CH_FROZEN,    /* likewise, but this one is a snapshot's: not to be written
	                 before it is captured */
	CH_WRITING,   /* likewise, and the disk is reading it at this moment */
};

struct obj {
	struct ring ring;       /* first: a queue head has the same shape */
	struct mrow lock;
	u8 kind;                /* immutable */
	u8 span;                /* nodes, under lock: bits one slot spans */
	struct atomic32 change; /* enum change: by the store (obj/reserve.h) */
	struct atomic32 age;    /* rounds of the ager without use (obj/age.h) */
	struct atomic64 pin[HARTS_MAX]; /* by hart: written by it alone */
	struct atomic32 residency; /* enum residency; read anywhere, set by
	                           obj_*() here and pin_exclude() */
	u64 oid;                /* while in the hash: immutable; set before the
	                           object is here, and made OID_NONE under the
	                           ring's lock and the bucket lock */
	u32 version;            /* under lock */
	struct link hash;       /* under the bucket lock */
	struct link maps;       /* mapping references, under the space lock */
	struct atomic_ptr space; /* struct space *, derived page tables of this
	                           root; set under the space lock, cleared
	                           under this object's write lock too */
	struct link changed;    /* on one of the store's lists (obj/reserve.h) */
};

struct page {
	struct obj obj;
	paddr_t frame; /* the header's own; immutable once it has been used */
};

struct node {
	struct obj obj;
	struct cap slot[NODE_SLOTS]; /* under obj.lock, but see obj/slot.h */
};

static inline struct obj *ring_obj(struct ring *r)
{
	return container_of(r, struct obj, ring);
}

static inline struct page *obj_page(struct obj *o)
{
	return container_of(o, struct page, obj);
}

static inline struct node *obj_node(struct obj *o)
{
	return container_of(o, struct node, obj);
}

/*
 * Boot: makes the pool of one kind: `headers` of `size` bytes each, set up by
 * `init` if that is not NULL, for the OIDs from 0 to count - 1.  Panics if
 * memory does not suffice.
 */
void obj_pool_init(enum obj_kind kind, size_t size, u64 headers, u64 count,
		   void (*init)(struct obj *));

/* How many OIDs of the kind exist; how many headers; how many are not free. */
u64 obj_count(enum obj_kind kind);
u64 obj_headers(enum obj_kind kind);
/* Headers from this one on have never been taken. */
u64 obj_headers_used(enum obj_kind kind);
u64 obj_resident(enum obj_kind kind);

/* Whether a header is free, at this moment. */
static inline bool obj_has_room(enum obj_kind kind)
{
	return obj_resident(kind) < obj_headers(kind);
}

/* Headers taken since boot, of all kinds. */
u64 obj_taken(void);

/*
 * Finds the object, bringing it in.  NULL where the OID does not exist; where
 * it does, the object is in memory, and pinned (obj/pin.h).  If that needs the
 * disk, or room, the process loaded here stalls, and this does not return; so
 * it is called before the commit point only, with no spin lock held.  Locks
 * nothing: the caller locks the object and looks at its version again.
 */
struct obj *obj_find(enum obj_kind kind, u64 oid);

/* Whether it has all that the disk has of it; one that is leaving has, too. */
static inline bool obj_is_here(const struct obj *o)
{
	return atomic32_load_acquire(&o->residency) >= OBJ_HERE;
}

static inline bool obj_is_coming(const struct obj *o)
{
	return atomic32_load_acquire(&o->residency) == OBJ_COMING_IN;
}

static inline bool obj_has_failed(const struct obj *o)
{
	return atomic32_load_acquire(&o->residency) == OBJ_FAILED;
}

/*
 * Takes a header for an absent object: coming in, or here at once, which is
 * null then.  NULL if somebody else was first, or no header is free.
 */
struct obj *obj_insert(enum obj_kind kind, u64 oid, enum residency r);

/* An object coming in is complete, and here; or it has failed. */
void obj_arrive(struct obj *o, enum residency as);

/* What a person calls the kind. */
const char *obj_kind_name(enum obj_kind kind);

/* One that was leaving is here as before. */
static inline void obj_stay(struct obj *o)
{
	kassert(atomic32_load_relaxed(&o->residency) == OBJ_LEAVING);
	atomic32_store_release(&o->residency, OBJ_HERE);
}

/*
 * The end of paging out, and of one that failed: o is leaving, write-locked by
 * this hart, clean, and nothing depends on it or on its slots any more.
 * Unprepares the few capabilities that were linked to it meanwhile, and makes
 * the header anonymous, in one step: from then on nothing can be linked to it,
 * and nobody finds it.  Its lock is released, and it is free.
 */
void obj_remove(struct obj *o);

/* The i-th header of the kind, for the ager, check_all() and the inspector;
   NULL if it is free, or past the last. */
struct obj *obj_at(enum obj_kind kind, u64 i);

/* Panics if a free header of the kind is not as one should be. */
void obj_check_free(enum obj_kind kind);
