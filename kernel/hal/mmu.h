/*
 * Page tables.  Three levels: a root table for each hart, whose first
 * MMU_USER_ROOTS entries a space fills, then two lower levels shared by all
 * harts.  Each lower table is one frame of PTES entries.
 *
 *      level 2  root of a hart   1 GiB an entry
 *      level 1  shared           2 MiB
 *      level 0  shared, leaves   4 KiB
 *
 * The kernel reaches all of physical memory, devices too, through its direct
 * map, which every root holds.
 */
#pragma once

#include <abi/orders.h>
#include <base/types.h>
#include <hal/atomic.h>

#define PTES 512
#define MMU_USER_ROOTS (SPACE_SIZE >> 30)

/*
 * One entry, shared: see the accessors of atomic64.  Zero maps nothing; nor
 * does a page-aligned value, whatever else it means to the kernel.
 */
typedef struct atomic64 pte_t;

enum pte_rights {
	PTE_RIGHT_READ = 1 << 0,
	PTE_RIGHT_WRITE = 1 << 1,
	PTE_RIGHT_EXEC = 1 << 2,
};

u64 pte_make_leaf(paddr_t page, unsigned rights);
u64 pte_make_table(paddr_t table);
bool pte_is_present(u64 pte);
bool pte_is_writable(u64 pte);
u64 pte_make_readonly(u64 pte);
paddr_t pte_target(u64 pte);

/* Index of the entry for va in a table of the level. */
static inline unsigned pte_index(vaddr_t va, unsigned level)
{
	return (va.raw >> (PAGE_BITS + 9 * level)) & (PTES - 1);
}

/* Where the kernel sees physical memory, and back (direct map only). */
void *direct(paddr_t pa);
paddr_t direct_paddr(const void *p);

/*
 * Makes the user half of this hart's root the given entries, or empty (NULL),
 * and forgets what is cached of the one before: translations and instructions.
 */
void mmu_load(const pte_t roots[MMU_USER_ROOTS]);

/* Forgets this hart's cached user translations. */
void mmu_flush_local(void);
