/*
 * Spaces: address spaces, and the page tables derived from them.
 *
 * A space is a tree.  Its root is a page or a node; a node says how many
 * address bits one of its slots spans, and a slot holds a page, a smaller
 * node, a device page, or nothing.  Page tables are a cache of the tree: a
 * fault fills one leaf, and records what it was derived from.
 *
 * A *mapping reference* says that an object takes part in a space at an
 * address: for a page, where it is mapped; for a node, where its slot 0
 * begins.  Whoever changes a slot with the hazard bit set finds, through the
 * references of the slot's node, every table that may hold something from it.
 *
 * Invariants
 *  1. A leaf in a table of a space agrees with the tree, with no more rights
 *     than every capability on the path gives.
 *  2. Of each node and page on the path there is a mapping reference, and
 *     each slot on the path has its hazard bit set.
 *  3. A page is mapped writable only while it is dirty.
 *  4. Tables and references change under the space lock; a slot on the path
 *     cannot change while a leaf is built, for the builder has its node
 *     read-locked.
 *  5. A space that some hart has loaded, or is loading, is never freed, nor are
 *     the tables that the hart's root holds; one below goes when all harts have
 *     forgotten it.
 */
#pragma once

#include <abi/faults.h>
#include <cap/cap.h>
#include <hal/mmu.h>

/* What went wrong, as a value: trap/ makes a message of it. */
struct fault {
	enum fault_code code;
	u64 address;
};

enum access {
	ACCESS_READ,
	ACCESS_WRITE,
	ACCESS_FETCH,
};

#define WALK_DEPTH 6

/* Where a walk of the tree ended. */
struct walk {
	struct obj *page; /* read-locked; NULL: a device page */
	paddr_t frame;
	bool writable;
	unsigned depth;
	struct {
		struct obj *node; /* read-locked */
		u64 base;         /* address its slot 0 begins at */
	} path[WALK_DEPTH];
};

/* Boot: room for this many spaces and mapping references. */
void space_init(u64 spaces, u64 maprefs);

/*
 * Walks the tree that the slot `top` names to the address, for one access;
 * prepares and read-locks what it passes.  The slot's process is write-locked.
 * False with a fault if there is nothing, or not with the right.  For a write the
 * page is reserved and dirty afterwards.
 */
bool space_walk(struct cap *top, vaddr_t va, enum access access,
		struct walk *w, struct fault *f);

/*
 * A fault of the process loaded here, whose space slot is `top`: fills the
 * leaf.  False with the fault that its keeper is to get.
 */
bool space_fault(struct cap *top, vaddr_t va, enum access access,
		 struct fault *f);

/* Makes this hart's root the space that the slot names. */
void space_load(struct cap *top);

/* The holder of a node's write lock, before it changes the slot: takes back
   all that was derived from it and clears the hazard bit. */
void space_slot_changes(struct node *n, unsigned slot);

/* The same for all slots, or for the object itself, before its span changes
   or it is destroyed. */
void space_object_changes(struct obj *o);

/*
 * The page is mapped read-only from now on, wherever it is; space_protected()
 * has to follow, for any number of pages, before a process runs.
 */
void space_protect(struct obj *page);
void space_protected(void);

/*
 * Clears the leaves that were derived from each of the n pages and nodes: what
 * is used afterwards faults once more.  No lock of theirs is needed; references
 * and hazard bits stay.  One shootdown for all.
 */
void space_cut(struct obj *const *objs, unsigned n);

/* Panics if the mapping references of o are wrong. */
void space_check(struct obj *o);

/* Mapping references of o, for the inspector. */
u32 space_mappings(const struct obj *o);

/* Mapping references and spaces in use, for the inspector. */
struct space_usage {
	u64 spaces, spaces_room, maprefs, maprefs_room;
};
struct space_usage space_usage(void);
