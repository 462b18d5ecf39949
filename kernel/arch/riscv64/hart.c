#include "csr.h"
#include "harts.h"
#include "offsets.h"
#include "sbi.h"
#include "tables.h"
#include "trap.h"

#include <hal/irq.h>
#include <hal/mmu.h>
#include <hal/platform.h>
#include <hal/upcall.h>

#define STACK_MARK 0x6b6361747364656dul

struct hart harts[HARTS_MAX];

/* A stack each; its lowest word holds the mark as long as it never is full. */
u8 kernel_stacks[HARTS_MAX][STACK_SIZE] __attribute__((aligned(16)));

/*
 * Where each hart that is started goes: released by who starts it, acquired by
 * itself when it arrives, so that it is behind all that boot did.
 */
static struct atomic_ptr entries[HARTS_MAX];

/*
 * For vector.S and entry.S: where hart.mode and hart.hw_id lie and how big a
 * hart is, as symbols, because the rooms above are free to rearrange their
 * fields.
 */
_Static_assert(offsetof(struct hart, mode) < 2048, "reached by one store");
static void __attribute__((used)) define_symbols(void)
{
	asm volatile(".globl hart_mode_offset, hart_hw_id_offset, hart_size\n"
		     ".set hart_mode_offset, %0\n"
		     ".set hart_hw_id_offset, %1\n"
		     ".set hart_size, %2" ::"i"(offsetof(struct hart, mode)),
		     "i"(offsetof(struct hart, hw_id)),
		     "i"(sizeof(struct hart)));
}

u32 hart_count(void)
{
	return platform.harts;
}

static u64 *stack_mark(const struct hart *h)
{
	return (u64 *)kernel_stacks[h->id];
}

void hart_add(u64 hw_id)
{
	struct hart *h = &harts[platform.harts];
	h->id = platform.harts++;
	h->hw_id = hw_id;
	h->kernel_sp = (u64)kernel_stacks[h->id] + STACK_SIZE;
	*stack_mark(h) = STACK_MARK;
}

void hart_adopt(u64 hw_id)
{
	struct hart *h = harts;
	while (h->hw_id != hw_id)
		h++;
	hart_in_tp = h;
}

bool hart_stack_is_intact(void)
{
	return *stack_mark(hart_self()) == STACK_MARK;
}

/*
 * SPP and SPIE as the first sret wants them (vector.S); floating point off; no
 * access to user mappings from here; user programs may read the counters.
 */
void hart_set_up(void)
{
	mmu_start_hart();
	csr_clear(sstatus, SSTATUS_SIE | SSTATUS_SPP | SSTATUS_VS | SSTATUS_FS |
				   SSTATUS_SUM | SSTATUS_MXR);
	csr_set(sstatus, SSTATUS_SPIE);
	csr_write(scounteren, 7);
	timer_set(TIME_NEVER);
	csr_write(sie,
		  1ul << IRQ_SOFTWARE | 1ul << IRQ_TIMER | 1ul << IRQ_EXTERNAL);
}

void hart_start(u32 id, void (*entry)(void))
{
	struct hart *h = &harts[id];
	atomic_ptr_store_release(&entries[id], entry);
	fence_full();
	i64 error = sbi_hart_start(h->hw_id, direct_paddr((void *)start_other),
				   (u64)h);
	if (error)
		panic("hart",
		      "the firmware does not start hart %u "
		      "(hardware id %lu): SBI error %ld",
		      id, h->hw_id, error);
}

void hart_arrive(void)
{
	void (*entry)(void) =
		atomic_ptr_load_acquire(&entries[hart_self()->id]);
	hart_set_up();
	entry();
	panic("hart", "hart %u has returned from its entry", hart_self()->id);
}
