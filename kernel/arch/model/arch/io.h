/*
 * Registers are the scenario's.  Memory that a device looks at is shared words
 * like any other, for the device is a hart of the scenario's.
 */
#pragma once

#include "../model.h"

static inline u32 io_read32(u64 address)
{
	return model_register_read(address);
}

static inline void io_write32(u64 address, u32 value)
{
	model_register_write(address, value);
}

static inline u8 io_load8(const u8 *word)
{
	return (u8)model_load(word, sizeof(*word), MODEL_RELAXED);
}

static inline u16 io_load16(const u16 *word)
{
	return (u16)model_load(word, sizeof(*word), MODEL_RELAXED);
}

static inline u32 io_load32(const u32 *word)
{
	return (u32)model_load(word, sizeof(*word), MODEL_RELAXED);
}

static inline void io_store16(u16 *word, u16 value)
{
	model_store(word, sizeof(*word), value, MODEL_RELAXED);
}

static inline void io_fence(void)
{
	model_fence();
}
