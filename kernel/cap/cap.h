/*
 * Capabilities: preparing, copying and writing slots.
 *
 * Invariants
 *  1. A prepared slot is linked on its target's ring, and only there; its
 *     version is the target's (a resume capability's is its call count).
 *  2. A prepared slot becomes unprepared only when its target is destroyed or
 *     paged out, under the target's write lock.
 *  3. Nothing on a kernel stack is linked on a ring: a marshalled capability
 *     names its object by OID and version, with the header as a hint.
 *  4. A copy never carries the hazard bit, and is never torn.
 *  5. A slot is written only when nothing depends on it (hazard bit clear).
 *
 * Source of prepared capabilities and the hazard bit: KeyKOS; Shapiro 2006,
 * section 4.2.
 */
#pragma once

#include <obj/age.h>
#include <obj/object.h>
#include <obj/pin.h>
#include <obj/slot.h>

/* A marshalled capability: a value on the kernel stack. */
struct mcap {
	u32 meta;         /* as in a slot, without the hazard bit */
	u32 version;
	u64 oid;          /* or the value, for types that name no object */
	struct obj *hint; /* the header it had, or NULL; to be looked at again */
};

#define MCAP_VOID ((struct mcap){ 0 })
#define MCAP_NUMBER(v) ((struct mcap){ .meta = CT_NUMBER, .oid = (v) })

/* The kind of object that a type names; only if type_names_object(type). */
static inline enum obj_kind type_kind(enum cap_type type)
{
	if (type == CT_PAGE)
		return OK_PAGE;
	return type == CT_NODE || type == CT_METER ? OK_NODE : OK_PROCESS;
}

/*
 * Copies a slot out, without the hazard bit.  The caller has a lock on the
 * object the slot is in.
 */
void cap_read(struct cap *slot, struct mcap *out);

/*
 * Puts a value into a slot, prepared if the hint still holds.  The caller has
 * the write lock of the slot's object and has cleared its hazard bit.
 */
void cap_write(struct cap *slot, const struct mcap *in);
void cap_clear(struct cap *slot);

/* Sets the value of a slot that was never used (boot). */
void cap_init(struct cap *slot, const struct mcap *in);

/*
 * Marshalling: makes sure that a slot of a type that names an object is
 * prepared and returns the target: read-locked if it is a page or node,
 * pinned if it is a process.  NULL if the capability is void by now.
 * Restarts the transaction if the target cannot be locked.
 */
struct obj *cap_prepare(struct cap *slot);

/* Sets the hazard bit: the caller has read-locked the slot's object. */
void cap_set_hazard(struct cap *slot);

/*
 * The object a marshalled capability names, or NULL if it names none.  Pinned,
 * not locked: look with mcap_is_valid() once it is, which then says that it was
 * destroyed, if anything.  Calls obj_find(): it may stall.
 */
struct obj *mcap_look_up(const struct mcap *c);

/* The same, quick where the hint still holds. */
static inline struct obj *mcap_find(const struct mcap *c)
{
	struct obj *o = c->hint;
	if (unlikely(!o || !pin(o, c->oid)))
		return mcap_look_up(c);
	obj_touch(o);
	return o;
}

/*
 * Whether the object, pinned or locked, is the one the capability names.  Stable
 * while it is locked.  For a resume capability says only that the process is
 * the right one: its call count is process.h's to judge.  (Its kind needs no
 * look: a header stands for one kind for ever.)
 */
static inline bool mcap_is_valid(const struct mcap *c, const struct obj *o)
{
	return o->oid == c->oid && (META_TYPE(c->meta) == CT_RESUME ||
				    o->version == c->version);
}

/* The same of an object that is only pinned: it may be destroyed meanwhile. */
static inline bool mcap_was_valid(const struct mcap *c, const struct obj *o)
{
	return o->oid == c->oid && (META_TYPE(c->meta) == CT_RESUME ||
				    glance(o->version) == c->version);
}

/* A capability to an object this hart has locked. */
struct mcap mcap_to(struct obj *o, enum cap_type type, u8 rights, u16 badge);

/*
 * Destroying and paging out, under the object's write lock: unprepares up to
 * `most` of the capabilities on its ring.  True when none is left.
 */
bool ring_unprepare(struct obj *o, unsigned most);

/*
 * The point of a destruction, under the object's write lock: counts the
 * version on, which voids every capability to it, and under the same hold of
 * the ring's lock unprepares the few that were linked since.
 */
void ring_end_version(struct obj *o);

/*
 * Whether the ring and every link on it are as they should be; if not, says in
 * `why` what is wrong.  Takes the ring's lock.
 */
#define RING_WHY 160
bool ring_is_sound(struct ring *r, char *why, size_t size);

/* The same; panics in the name of `what`. */
void ring_check(struct ring *r, const char *what);

/* Panics if a prepared slot is not linked where it says; looks with lock. */
void cap_check(struct cap *slot);
