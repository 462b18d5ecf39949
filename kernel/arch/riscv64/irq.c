#include "csr.h"
#include "plic.h"
#include "sbi.h"
#include "timer.h"

#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/upcall.h>

u64 irq_acknowledged[IRQ_LINES];

void irqs_enable(void)
{
	csr_set(sstatus, SSTATUS_SIE);
}

void irqs_disable(void)
{
	csr_clear(sstatus, SSTATUS_SIE);
}

bool irqs_enabled(void)
{
	return csr_read(sstatus) & SSTATUS_SIE;
}

/* wfi wakes for what sie lets through, whatever sstatus.SIE says. */
void irqs_wait(void)
{
	asm volatile("wfi" ::: "memory");
}

/* Masked before it is completed, or a line still raised would come again. */
static u64 acknowledge_line(void)
{
	u64 line = plic_claim();
	if (line == 0)
		return 0;
	plic_mask(line);
	plic_complete(line);
	if (line >= IRQ_LINES)
		return 0;
	irq_acknowledged[line]++;
	return 1ul << line;
}

static seldom u64 acknowledge_ipi(u64 cause)
{
	if (cause != (IRQ_BIT | IRQ_SOFTWARE))
		panic("irq", "interrupt cause %lx is none of external, timer, "
			     "software", cause);
	csr_clear(sip, 1ul << IRQ_SOFTWARE);
	return 1ul << PENDING_IPI;
}

/* All of this with interrupts disabled: so the common ones come first. */
u64 irq_acknowledge(u64 cause)
{
	if (likely(cause == (IRQ_BIT | IRQ_EXTERNAL)))
		return acknowledge_line();
	if (unlikely(cause != (IRQ_BIT | IRQ_TIMER)))
		return acknowledge_ipi(cause);
	timer_disarm();
	return 1ul << PENDING_TIMER;
}

void irq_unmask(u32 line)
{
	plic_unmask(line);
}

void ipi_send(u32 hart)
{
	/* What the other hart is to see must be there before it looks. */
	fence_full();
	sbi_send_ipi(harts[hart].hw_id);
}
