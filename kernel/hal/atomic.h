/*
 * Every shared word of the kernel is one of these types, and every access to
 * one names its memory order here.  The machine's own atomics stay in arch/;
 * arch/model/ puts a scheduler behind the same names, so that the explorer
 * sees each access.
 *
 * relaxed  no order but that of the word itself
 * acquire  what follows stays behind it
 * release  what came before stays before it
 * fence_full()  orders every access before against every access after it:
 *          the only one that orders a store before a later load
 */
#pragma once

#include <base/types.h>

struct atomic32 {
	u32 v;
};
struct atomic64 {
	u64 v;
};
struct atomic_ptr {
	void *v;
};

#include <arch/atomic.h>
#include <arch/glance.h>

/*
 * arch/atomic.h defines, inline, for T in 32, 64 (and ptr where marked):
 *
 *      uT   atomicT_load_relaxed(const struct atomicT *)            (ptr too)
 *      uT   atomicT_load_acquire(const struct atomicT *)            (ptr too)
 *      void atomicT_store_relaxed(struct atomicT *, uT)             (ptr too)
 *      void atomicT_store_release(struct atomicT *, uT)             (ptr too)
 *      uT   atomicT_swap_acquire(struct atomicT *, uT)
 *      uT   atomicT_add_relaxed(struct atomicT *, uT)   returns the old value
 *      uT   atomicT_add_release(struct atomicT *, uT)   returns the old value
 *      uT   atomicT_or_relaxed(struct atomicT *, uT)    returns the old value
 *      uT   atomicT_and_relaxed(struct atomicT *, uT)   returns the old value
 *      bool atomicT_cas_acquire(struct atomicT *, uT old, uT new)
 *      bool atomicT_cas_relaxed(struct atomicT *, uT old, uT new)
 *      void fence_full(void)
 *      void spin_hint(void)        in the body of every loop that waits
 *
 * arch/glance.h defines glance(field): the value, of at most eight bytes, of a
 * plain field that another hart may be writing at this moment.  For who has no
 * lock and only looks: it says how things stood at some time, orders nothing,
 * and what is decided by it is decided again under the lock.
 */
