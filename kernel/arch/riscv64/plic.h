/*
 * The platform-level interrupt controller.  A line is masked by giving it
 * priority 0: that is one store to a register of its own, so that harts that
 * mask and unmask different lines, or the same, share no word.
 */
#pragma once

#include <hal/io.h>

/* Addresses of the first line's priority and of the claim register of the one
   context used.  Immutable after boot. */
extern u64 plic_priorities, plic_claims;

/*
 * Masks all `sources` lines and lets those below IRQ_LINES through to one
 * context, which is a hart's supervisor mode, once they are unmasked.
 */
void plic_init(u64 address, u32 sources, u32 context);

/* The line that interrupts, or 0; it stays quiet until completed. */
static inline u64 plic_claim(void)
{
	return io_read32(plic_claims);
}

static inline void plic_complete(u64 line)
{
	io_write32(plic_claims, (u32)line);
}

static inline void plic_mask(u64 line)
{
	io_write32(plic_priorities + 4 * line, 0);
}

static inline void plic_unmask(u32 line)
{
	io_write32(plic_priorities + 4ul * line, 1);
}
