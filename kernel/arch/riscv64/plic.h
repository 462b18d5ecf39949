/*
 * The platform-level interrupt controller.  A line is masked by giving it
 * priority 0: that is one store to a register of its own, so that harts that
 * mask and unmask different lines, or the same, share no word.
 */
#pragma once

#include <base/types.h>

/*
 * Masks all `sources` lines and lets those below IRQ_LINES through to one
 * context, which is a hart's supervisor mode, once they are unmasked.
 */
void plic_init(u64 address, u32 sources, u32 context);

/* The line that interrupts, or 0; it stays quiet until completed. */
u32 plic_claim(void);
void plic_complete(u32 line);

void plic_mask(u32 line);
void plic_unmask(u32 line);
