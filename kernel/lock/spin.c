#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <lock/spin.h>

struct lock_count lock_counts[LR_COUNT];

const char *const lock_names[LR_COUNT] = {
#define X(id, name) [id] = name,
	LOCK_RANKS(X)
#undef X
};

/* Every bit of a rank at or below (later than) this one must be clear. */
static void assert_order(const struct spinlock *l)
{
	kassert((hart_self()->spin_ranks >> l->rank) == 0);
	kassert_that(hart_self()->spin_ranks |= 1u << l->rank);
	kassert_that(atomic64_add_relaxed(&lock_counts[l->rank].taken, 1));
}

void spin_lock(struct spinlock *l)
{
	assert_order(l);
	while (atomic32_swap_acquire(&l->taken, 1)) {
		trace(TR_LOCK, (u64)l, l->rank);
		atomic64_add_relaxed(&lock_counts[l->rank].spins, 1);
		while (atomic32_load_relaxed(&l->taken))
			spin_hint();
	}
}

void spin_unlock(struct spinlock *l)
{
	kassert(spin_is_held(l->rank));
	kassert_that(hart_self()->spin_ranks &= ~(1u << l->rank));
	atomic32_store_release(&l->taken, 0);
}

bool spin_is_held(enum lock_rank rank)
{
	return !DEBUG_BUILD || (hart_self()->spin_ranks & (1u << rank));
}

void spin_check_none_held(void)
{
	kassert(hart_self()->spin_ranks == 0);
}
