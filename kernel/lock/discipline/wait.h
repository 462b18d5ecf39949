/* Waiting for the locks of a discipline (lock/discipline.h, invariant 2). */
#pragma once

#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/upcall.h>
#include <lock/rank.h>
#include <lock/spin.h>

/* Somebody has to wait for this lock: counted once, however long it takes. */
static inline void discipline_count_wait(const void *lock)
{
	trace(TR_LOCK, (u64)lock, LR_SERIAL);
	atomic64_add_relaxed(&lock_counts[LR_SERIAL].spins, 1);
}

static inline bool discipline_must_go(void)
{
	return atomic32_load_relaxed(&hart_self()->need_resched);
}

/* The body of a loop that waits with nothing in its hands. */
static inline void discipline_wait(void)
{
	if (discipline_must_go())
		resched();
	spin_hint();
}

static inline void discipline_lock(struct spinlock *l)
{
	if (spin_try(l))
		return;
	discipline_count_wait(l);
	do
		discipline_wait();
	while (!spin_try(l));
}
