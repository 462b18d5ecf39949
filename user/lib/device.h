/* Device registers, as a program that has a device page mapped reaches them. */
#pragma once

#include <base/types.h>

static inline u8 device_read8(u64 address)
{
	return *(volatile u8 *)address;
}

static inline void device_write8(u64 address, u8 value)
{
	*(volatile u8 *)address = value;
}

static inline u32 device_read32(u64 address)
{
	return *(volatile u32 *)address;
}

static inline void device_write32(u64 address, u32 value)
{
	*(volatile u32 *)address = value;
}
