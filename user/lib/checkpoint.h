/*
 * The single-level store (abi/orders.h: checkpoint), typed as object.h is:
 * `ckpt` is the capability register of the checkpoint capability.
 */
#pragma once

#include <abi/orders.h>
#include <base/types.h>

/* Begins a checkpoint; stores the generation it will be. */
u64 ckpt_begin(unsigned ckpt, u64 *generation);

/* Waits until that generation is durable; stores the newest that is. */
u64 ckpt_await(unsigned ckpt, u64 generation, u64 *newest);

/* Both: what was done before is durable afterwards.  Stores what await does. */
u64 ckpt_take(unsigned ckpt, u64 *newest);

/* Ticks between two by time; 0: none by time. */
u64 ckpt_interval(unsigned ckpt, u64 ticks);

/* Makes one page durable as it is now, outside the checkpoint, and waits until
   it is; stores its sequence number. */
u64 ckpt_journal(unsigned ckpt, unsigned page, u64 *sequence);

/* The two steps of that: to be written; written. */
u64 ckpt_journal_begin(unsigned ckpt, unsigned page, u64 *sequence);
u64 ckpt_journal_await(unsigned ckpt, u64 sequence);

/* Cuts the power.  `write`: for CRASH_AT_WRITE, which from now; else 0. */
u64 ckpt_crash(unsigned ckpt, enum ckpt_crash when, u64 write);

u64 ckpt_status(unsigned ckpt, struct ckpt_status *status);

/* "?" for a number that is no phase. */
const char *ckpt_phase_name(u32 phase);
