#include "csr.h"
#include "offsets.h"
#include "tables.h"

#include <base/string.h>
#include <hal/hart.h>
#include <hal/mmu.h>

#define PTE_VALID (1ul << 0)
#define PTE_READ (1ul << 1)
#define PTE_WRITE (1ul << 2)
#define PTE_EXEC (1ul << 3)
#define PTE_USER (1ul << 4)
#define PTE_ACCESSED (1ul << 6)
#define PTE_DIRTY (1ul << 7)

/* entry.S */
extern const u64 boot_root[PTES];

static u64 roots[HARTS_MAX][PTES] __attribute__((aligned(PAGE_SIZE)));

_Static_assert((u64)PTE_RIGHT_READ << 1 == PTE_READ &&
		       (u64)PTE_RIGHT_WRITE << 1 == PTE_WRITE &&
		       (u64)PTE_RIGHT_EXEC << 1 == PTE_EXEC,
	       "rights shift into place");
_Static_assert(MMU_USER_ROOTS <= PTES / 2, "the upper half is the kernel's");

/* Accessed and dirty from the start: the machine never faults to note them. */
u64 pte_make_leaf(paddr_t page, unsigned rights)
{
	return page.raw >> 2 | (u64)rights << 1 | PTE_VALID | PTE_USER |
	       PTE_ACCESSED | PTE_DIRTY;
}

u64 pte_make_table(paddr_t table)
{
	return table.raw >> 2 | PTE_VALID;
}

bool pte_is_present(u64 pte)
{
	return pte & PTE_VALID;
}

bool pte_is_writable(u64 pte)
{
	return pte & PTE_WRITE;
}

u64 pte_make_readonly(u64 pte)
{
	return pte & ~PTE_WRITE;
}

paddr_t pte_target(u64 pte)
{
	return PADDR((pte << 10) >> 20 << PAGE_BITS);
}

void *direct(paddr_t pa)
{
	return (void *)(DIRECT_BASE + pa.raw);
}

paddr_t direct_paddr(const void *p)
{
	return PADDR((u64)p - DIRECT_BASE);
}

void mmu_load(const pte_t user_roots[MMU_USER_ROOTS])
{
	static const pte_t none[MMU_USER_ROOTS];
	const pte_t *from = user_roots ? user_roots : none;
	u64 *root = roots[hart_self()->id];
#pragma GCC unroll 4
	for (unsigned i = 0; i < MMU_USER_ROOTS; i++)
		root[i] = atomic64_load_relaxed(&from[i]);
	mmu_flush_local();
	asm volatile("fence.i" ::: "memory");
}

void mmu_flush_local(void)
{
	asm volatile("sfence.vma" ::: "memory");
}

void mmu_start_hart(void)
{
	u64 *root = roots[hart_self()->id];
	memcpy(root, boot_root, PAGE_SIZE);
	csr_write(satp, SATP_SV39 | direct_paddr(root).raw >> PAGE_BITS);
	mmu_flush_local();
}
