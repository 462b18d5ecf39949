/*
 * Inside lab 5's scenario (ledger.c): what each hart has of translations, and
 * whether it has forgotten them when a shootdown is over.
 */
#pragma once

void __wrap_mmu_flush_local(void)
{
	__real_mmu_flush_local();
	atomic64_add_release(&of_hart[self()].forgets, 1);
}

void __wrap_mmu_load(const pte_t roots[MMU_USER_ROOTS])
{
	__real_mmu_load(roots);
	atomic64_add_release(&of_hart[self()].forgets, 1);
}

void __wrap_shoot_enter_user(void)
{
	u64 trips = atomic64_load_relaxed(&of_hart[self()].trips);
	if (trips & 1)
		atomic64_store_release(&of_hart[self()].trips, trips + 1);
	__real_shoot_enter_user();
	if (atomic32_load_relaxed(&hart_self()->mode) != HART_USER)
		panic("lab 5", "a hart enters user mode, and does not say so");
}

void __wrap_hart_enter_user(void)
{
	if (hart_self()->claim)
		panic("lab 5", "hart %u goes to user mode and claims %s",
		      self(), hart_self()->claim->name);
	atomic64_add_release(&of_hart[self()].trips, 1);
	__real_hart_enter_user();
}

/* It has been in user mode all this while, and has not forgotten. */
static bool is_stale(u32 i, u64 forgets)
{
	u64 trips = atomic64_load_acquire(&of_hart[i].trips);
	if (!(trips & 1) ||
	    atomic32_load_acquire(&harts[i].mode) != HART_USER ||
	    atomic64_load_acquire(&of_hart[i].forgets) != forgets)
		return false;
	return atomic64_load_acquire(&of_hart[i].trips) == trips;
}

void __wrap_shoot_flush(void)
{
	u64 forgets[HARTS_MAX];
	for (u32 i = 0; i < hart_count(); i++)
		forgets[i] = atomic64_load_acquire(&of_hart[i].forgets);
	of_hart[self()].sends = true;
	__real_shoot_flush();
	of_hart[self()].sends = false;
	count(&ledger->flushes);
	if (atomic64_load_relaxed((struct atomic64 *)&ledger->holding))
		count(&ledger->meanwhile);
	for (u32 i = 0; i < hart_count(); i++)
		if (i == self() ? atomic64_load_relaxed(&of_hart[i].forgets) ==
					  forgets[i]
				: is_stale(i, forgets[i]))
			panic("lab 5",
			      "the shootdown of hart %u is over, and "
			      "hart %u has not forgotten",
			      self(), i);
}
