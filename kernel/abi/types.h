/* Fixed-width names shared by kernel and user programs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;

#define PAGE_BITS 12
#define PAGE_SIZE (1ul << PAGE_BITS)
#define NODE_SLOTS 16
#define NODE_BITS 4
#define CAP_REGS 16

/*
 * Time is counted in ticks of 100 ns (10 MHz), from the first boot of the
 * image on; it goes on from real time after a restart.
 */
#define NS_PER_TICK 100ul
#define TICKS_PER_US 10ul
#define TICKS_PER_MS 10000ul
#define TICKS_PER_S 10000000ul
