/*
 * In the kernel tp holds this hart, always: the trap code loads it, and the
 * compiler leaves tp alone.
 */
#pragma once

register struct hart *hart_in_tp asm("tp");

static inline struct hart *hart_self(void)
{
	return hart_in_tp;
}
