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

/* Every bit of a rank at or behind this one must be clear. */
void spin_note_taken(const struct spinlock *l)
{
	struct hart *h = hart_self();
	kassert((h->spin_ranks >> l->rank) == 0);
	h->spin_ranks |= 1u << l->rank;
	atomic64_add_relaxed(&lock_counts[l->rank].taken, 1);
}

void spin_note_released(const struct spinlock *l)
{
	kassert(spin_is_held((enum lock_rank)l->rank));
	hart_self()->spin_ranks &= ~(1u << l->rank);
}

void spin_wait(struct spinlock *l)
{
	trace(TR_LOCK, (u64)l, l->rank);
	atomic64_add_relaxed(&lock_counts[l->rank].spins, 1);
	do {
		while (atomic32_load_relaxed(&l->taken))
			spin_hint();
	} while (atomic32_swap_acquire(&l->taken, 1));
}

bool spin_is_held(enum lock_rank rank)
{
	return !DEBUG_BUILD || (hart_self()->spin_ranks & (1u << rank));
}

void spin_check_none_held(void)
{
	kassert(hart_self()->spin_ranks == 0);
}
