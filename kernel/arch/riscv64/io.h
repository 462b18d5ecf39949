/* Device registers, through the direct map. */
#pragma once

#include "offsets.h"

#include <base/types.h>

static inline u32 io_read32(u64 address)
{
	return *(volatile u32 *)(DIRECT_BASE + address);
}

static inline void io_write32(u64 address, u32 value)
{
	*(volatile u32 *)(DIRECT_BASE + address) = value;
}

static inline u8 io_read8(u64 address)
{
	return *(volatile u8 *)(DIRECT_BASE + address);
}

static inline void io_write8(u64 address, u8 value)
{
	*(volatile u8 *)(DIRECT_BASE + address) = value;
}
