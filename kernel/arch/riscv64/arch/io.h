/* The accessors promised by hal/io.h, through the direct map. */
#pragma once

#include "../offsets.h"

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

static inline u8 io_load8(const u8 *word)
{
	return *(const volatile u8 *)word;
}

static inline u16 io_load16(const u16 *word)
{
	return *(const volatile u16 *)word;
}

static inline u32 io_load32(const u32 *word)
{
	return *(const volatile u32 *)word;
}

static inline void io_store16(u16 *word, u16 value)
{
	*(volatile u16 *)word = value;
}

static inline void io_fence(void)
{
	asm volatile("fence iorw, iorw" ::: "memory");
}
