/*
 * Registers of devices, and memory that a device reads and writes by itself.
 * Nothing is ordered but by io_fence(): every access before it, to registers
 * and to memory, against every access after it, as the device sees them.
 */
#pragma once

#include <base/types.h>

#include <arch/io.h>

/*
 * arch/io.h defines, inline, addresses being physical:
 *
 *      u32  io_read32(u64 address)     one access, of this width
 *      u8   io_read8(u64 address)
 *      void io_write32(u64 address, u32 value)
 *      void io_write8(u64 address, u8 value)
 *
 *      u8   io_load8(const u8 *)       a word of memory that the device writes:
 *      u16  io_load16(const u16 *)     read once, here, so that what was
 *      u32  io_load32(const u32 *)     checked is what is used
 *      void io_store16(u16 *, u16)     one that it reads: written once, here
 *
 *      void io_fence(void)
 */
