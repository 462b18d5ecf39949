#include "plic.h"

#include "io.h"

#include <hal/irq.h>

#define PRIORITY(line) (4ul * (line))
#define ENABLES(context) (0x2000ul + 0x80ul * (context))
#define THRESHOLD(context) (0x200000ul + 0x1000ul * (context))
#define CLAIM(context) (THRESHOLD(context) + 4)

static u64 base;
static u64 claim; /* address of the claim register of the one context used */

void plic_init(u64 address, u32 sources, u32 context)
{
	base = address;
	claim = base + CLAIM(context);
	for (u32 line = 1; line <= sources; line++)
		plic_mask(line);
	u64 enabled = (1ul << IRQ_LINES) - 2; /* there is no line 0 */
	io_write32(base + ENABLES(context), (u32)enabled);
	io_write32(base + ENABLES(context) + 4, (u32)(enabled >> 32));
	io_write32(base + THRESHOLD(context), 0);
}

u32 plic_claim(void)
{
	return io_read32(claim);
}

void plic_complete(u32 line)
{
	io_write32(claim, line);
}

void plic_mask(u32 line)
{
	io_write32(base + PRIORITY(line), 0);
}

void plic_unmask(u32 line)
{
	io_write32(base + PRIORITY(line), 1);
}
