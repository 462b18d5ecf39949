/*
 * Inside the room: tables, mapping references, and giving them back.  All of
 * it under the space lock.
 */
#pragma once

#include <space/space.h>

struct space {
	struct obj *root;  /* NULL: free, or orphaned while a hart has it */
	pte_t roots[MMU_USER_ROOTS];
	struct link maps;  /* its mapping references */
	bool in_use;
};

struct mapref {
	struct link of_object; /* on obj.maps */
	struct link of_space;  /* on space.maps */
	struct space *space;
	u64 base;
};

extern struct spinlock space_lock;

void tables_init(u64 spaces, u64 maprefs);

/* The space of a root, made if there is none.  NULL: out of room. */
struct space *space_of_locked(struct obj *root);

/* Makes sure that o is recorded at base.  False: out of room. */
bool mapref_add_locked(struct obj *o, struct space *s, u64 base);
void mapref_free_locked(struct mapref *m);

/* Sets one leaf.  False: no frame for a table. */
bool table_set_locked(struct space *s, vaddr_t va, u64 leaf);

/*
 * Clears the leaves of [start, end), both at the beginning of a page.  True if
 * there may have been one: then tables_forget_locked() has to follow, before
 * the lock is released.
 */
bool table_clear_locked(struct space *s, u64 start, u64 end);

/* Makes the leaf at va, if there is one, read-only; the same holds then. */
void table_protect_locked(struct space *s, vaddr_t va);

/*
 * Makes all harts forget what was cleared, and frees the tables that went off.
 * Waits for harts in user mode, which take no lock on their way into the
 * kernel.
 */
void tables_forget_locked(void);

/*
 * Gives back room: all of a space that no hart has loaded, or else what can be
 * had of a loaded one.  False: there is nothing to be had.
 */
bool space_reclaim_locked(void);

/* The root is to be destroyed (write-locked), and all leaves have been cleared
   through its mapping reference: parts it from its space. */
void space_detach_locked(struct obj *root);
