/*
 * Spin locks: for words held for some tens of instructions.  The interrupt
 * handler takes none, so interrupts stay enabled while one is held.
 *
 * Invariants
 *  1. Taken in the order of lock/rank.h (debug build: asserted).
 *  2. Released by the hart that took it, before it leaves the kernel; by a
 *     non-local exit never: a path that may exit holds none.
 */
#pragma once

#include <diag/check.h>
#include <hal/atomic.h>
#include <lock/rank.h>

struct spinlock {
	struct atomic32 taken;
	u32 rank; /* immutable */
};

#define SPINLOCK(r) ((struct spinlock){ { 0 }, (r) })

/* Somebody else has it: waits, and counts that. */
void spin_wait(struct spinlock *l);

/* The debug build's book of what this hart holds. */
void spin_note_taken(const struct spinlock *l);
void spin_note_released(const struct spinlock *l);

static inline void spin_lock(struct spinlock *l)
{
	kassert_that(spin_note_taken(l));
	if (unlikely(atomic32_swap_acquire(&l->taken, 1)))
		spin_wait(l);
}

/* Takes it if it is free. */
static inline bool spin_try(struct spinlock *l)
{
	if (atomic32_load_relaxed(&l->taken) ||
	    atomic32_swap_acquire(&l->taken, 1))
		return false;
	kassert_that(spin_note_taken(l));
	return true;
}

static inline void spin_unlock(struct spinlock *l)
{
	kassert_that(spin_note_released(l));
	atomic32_store_release(&l->taken, 0);
}

/* For assertions: whether this hart holds some lock of the rank. */
bool spin_is_held(enum lock_rank rank);

/* Ends every path: panics in the debug build if a spin lock is still held. */
void spin_check_none_held(void);

/* Since boot: locks of the rank taken (debug build only), and waits. */
struct lock_count {
	struct atomic64 taken, spins;
};
extern struct lock_count lock_counts[LR_COUNT];
extern const char *const lock_names[LR_COUNT];
