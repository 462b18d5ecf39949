/*
 * Hooks: the capability, known to the kernel only, by which a process hangs
 * on a ring (source: KeyKOS, "Kernel Strategies").  It is the process's only
 * one, so a process is on one queue at most.  Its badge is the priority at
 * which the process is to run.
 *
 * Invariants
 *  1. A hook that names a ring is linked behind that ring's divider.
 *  2. It moves from one ring to another under the locks of both, without a
 *     moment on none; and leaves for none only by the holder of the process's
 *     write lock.  So a process with work to do is always found somewhere.
 *     (That of an available process, which has none, the worrier takes off
 *     under the process's ring lock.)
 *  3. Running obliterates a hook: a loaded process has none.
 */
#pragma once

#include <obj/object.h>
#include <wait/queue.h>

/* What can stall: the beginning of a process. */
struct hooked {
	struct obj obj;
	struct cap hook;
	u64 until; /* on a wait queue or the worry queue: when it is due; on an
	              I/O queue: since when; under the queue's lock */
	/* Of an available process: the hook of the caller that was woken to be
	   served next, or NULL.  Under obj.ring.lock. */
	struct cap *promised;
	/* 1 + hart that is halting it, or 0: dispatch passes it by.  Changed
	   under the stop lock (proc/halt.h), read anywhere. */
	struct atomic32 claimed;
};

static inline struct hooked *hook_hooked(struct cap *hook)
{
	return container_of(hook, struct hooked, hook);
}

/* The object that a hook belongs to: its callers hang on its ring. */
static inline struct obj *hook_owner(struct cap *hook)
{
	return &hook_hooked(hook)->obj;
}

/* Boot: a hook on no ring. */
void hook_init(struct cap *hook);

/* The ring it is on, or NULL.  Without that ring's lock: only a hint. */
static inline struct ring *hook_ring(const struct cap *hook)
{
	return name_ring(atomic64_load_acquire(&hook->name));
}

/* Under r->lock, hook on no ring: links it, last (or first) of the hooks. */
void hook_link_locked(struct ring *r, struct cap *hook);
void hook_link_first_locked(struct ring *r, struct cap *hook);
/* The same for a queue that is in order of hooked.until. */
void hook_link_timed_locked(struct ring *r, struct cap *hook, u64 until);

/* Under r->lock: the longest waiting hook, or NULL. */
struct cap *hook_first_locked(struct ring *r);

/* Under the lock of the ring it is on. */
void hook_unlink_locked(struct cap *hook);

/* Under the locks of both rings: from where it is to the tail of `to`. */
void hook_move_locked(struct ring *to, struct cap *hook);

/* Takes it off whatever ring it is on: look, lock, look again. */
void hook_unlink(struct cap *hook);

static inline unsigned hook_priority(const struct cap *hook)
{
	return META_BADGE(cap_meta(hook));
}

/* Hook on no ring, or under the lock of a ring that is not a ready queue. */
static inline void hook_set_priority(struct cap *hook, unsigned priority)
{
	atomic32_store_relaxed(&hook->meta, META(CT_HOOK, 0, priority));
}
