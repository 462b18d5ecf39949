/*
 * A capability slot in memory: 32 bytes.
 *
 * `meta` holds type, flags and badge in one word, as the first four bytes on
 * disk do, so that one load tells what a slot is.  `name` says at once whether
 * the slot is prepared and for what: of a type that names an object it is
 * either the target's ring (even) or 2 * OID + 1; of other types it is the
 * value itself.
 *
 * Who may change what
 *  - the value (meta but for the hazard bit, version, what is named): the
 *    holder of the write lock of the object that the slot is in;
 *  - prepared or not: the holder of the *target's* ring lock, also under a
 *    read lock of the slot's object;
 *  - the hazard bit: set atomically, also under a read lock;
 *  - `link`: the holder of the target's ring lock.
 * So a reader that holds only a read lock goes through the accessors, and
 * copies by cap_read() (cap/cap.h).
 */
#pragma once

#include <abi/captypes.h>
#include <base/types.h>
#include <hal/atomic.h>
#include <obj/ring.h>

struct cap {
	struct atomic32 meta;
	u32 version;
	struct atomic64 name;
	struct link link; /* prepared: on the target's ring */
};

enum cap_flags {
	CF_HAZARD = 1 << 1, /* page-table entries or a hart depend on it */
	CF_RIGHTS = CR_READONLY | CR_WEAK,
};

#define META(type, flags, badge) \
	((u32)(type) | (u32)(flags) << 8 | (u32)(badge) << 16)
#define META_TYPE(m) ((enum cap_type)((m)&0xff))
#define META_FLAGS(m) (((m) >> 8) & 0xff)
#define META_RIGHTS(m) (META_FLAGS(m) & CF_RIGHTS)
#define META_BADGE(m) ((u16)((m) >> 16))
#define META_HAZARD ((u32)CF_HAZARD << 8)

#define TYPES_OF_OBJECTS                                              \
	(1u << CT_PAGE | 1u << CT_NODE | 1u << CT_PROCESS |           \
	 1u << CT_START | 1u << CT_RESUME | 1u << CT_METER | 1u << CT_HOOK)

/* Whether capabilities of this type name an object, and can be prepared. */
static inline bool type_names_object(enum cap_type type)
{
	return (TYPES_OF_OBJECTS >> type) & 1;
}

static inline u32 cap_meta(const struct cap *c)
{
	return atomic32_load_relaxed(&c->meta);
}

static inline enum cap_type cap_type(const struct cap *c)
{
	return META_TYPE(cap_meta(c));
}

static inline u64 name_of_oid(u64 oid)
{
	return oid << 1 | 1;
}

/* The ring that a name points to, or NULL if it is an OID. */
static inline struct ring *name_ring(u64 name)
{
	return (name & 1) ? NULL : (struct ring *)name;
}

/* Of a type that names an object: whether it is prepared, at this moment. */
static inline bool cap_is_prepared(const struct cap *c)
{
	return name_ring(atomic64_load_relaxed(&c->name)) != NULL;
}

static inline struct cap *cap_of_link(struct link *l)
{
	return container_of(l, struct cap, link);
}

/*
 * Under r->lock, the object's write-locked: unprepares up to `most` of the
 * slots on its ring, which name this OID then.
 */
void slots_unprepare_locked(struct ring *r, u64 oid, unsigned most);
