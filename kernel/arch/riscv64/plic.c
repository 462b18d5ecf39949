#include "plic.h"

#include <hal/irq.h>

#define ENABLES(context) (0x2000ul + 0x80ul * (context))
#define THRESHOLD(context) (0x200000ul + 0x1000ul * (context))
#define CLAIM(context) (THRESHOLD(context) + 4)

u64 plic_priorities, plic_claims;

void plic_init(u64 address, u32 sources, u32 context)
{
	plic_priorities = address;
	plic_claims = address + CLAIM(context);
	for (u32 line = 1; line <= sources; line++)
		plic_mask(line);
	u64 enabled = (1ul << IRQ_LINES) - 2; /* there is no line 0 */
	io_write32(address + ENABLES(context), (u32)enabled);
	io_write32(address + ENABLES(context) + 4, (u32)(enabled >> 32));
	io_write32(address + THRESHOLD(context), 0);
}
