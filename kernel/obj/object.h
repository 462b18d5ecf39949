/*
 * Objects: pages, nodes and processes, by their headers.
 *
 * Headers are type-stable: an array for each kind, never freed, only reused.
 * So a stale pointer to one can always be followed, its ring locked, and the
 * doubt settled by a second look.
 *
 * Invariants
 *  1. At most one header stands for a (kind, OID); it is in the hash.
 *  2. An OID below the image's count always names an object; one never made
 *     is null: version 0, all zeros or all void.
 *  3. A capability whose version is not the object's is void.
 *  4. A version only grows; the last one is never used, the OID is retired.
 */
#pragma once

#include <abi/captypes.h>
#include <lock/mrow.h>
#include <obj/ring.h>
#include <obj/slot.h>

#define VERSION_RETIRED (~0u)

struct obj {
	struct ring ring;       /* first: a queue head has the same shape */
	struct mrow lock;
	u8 kind;                /* immutable */
	u8 span;                /* nodes, under lock: bits one slot spans */
	struct atomic32 dirty;  /* set under a read lock, after reserving */
	u64 oid;                /* while in the hash: immutable */
	u32 version;            /* under lock */
	struct link hash;       /* under the bucket lock */
	struct link maps;       /* mapping references, under the space lock */
	struct atomic_ptr space; /* struct space *, derived page tables of this
	                           root; set under the space lock, cleared
	                           under this object's write lock too */
};

struct page {
	struct obj obj;
	paddr_t frame; /* immutable while in the hash */
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
 * Boot: makes the pool of one kind: a header of `size` bytes for each OID from
 * 0 to count - 1, each set up by `init` if that is not NULL.  Panics if memory
 * does not suffice.
 */
void obj_pool_init(enum obj_kind kind, size_t size, u64 count,
		   void (*init)(struct obj *));

/* How many OIDs of the kind exist, and how many have a header now. */
u64 obj_count(enum obj_kind kind);
u64 obj_resident(enum obj_kind kind);

/*
 * Finds the object, bringing it in.  NULL where the OID does not exist; where
 * it does, the object is in memory.  Holds nothing afterwards: the caller
 * locks it and looks at (kind, oid) again.
 */
struct obj *obj_find(enum obj_kind kind, u64 oid);

/* The i-th header of the kind, for check_all() and the inspector; NULL past
   the end or if it is free. */
struct obj *obj_at(enum obj_kind kind, u64 i);
