/*
 * Lab 1's test programs: the board, the real-time clock whose alarm is the
 * interrupt they are about, and arriving somewhere at an exact cycle.
 */
#pragma once

#include "lab01.h"

#include <abi/types.h>
#include <device.h>
#include <layout.h>

/* Where the manifests map what the programs share. */
#define RTC WINDOW
#define BOARD (WINDOW + 0x1000)
#define SWITCH (WINDOW + 0x2000)

/* 64-bit registers: reading the low half latches the high one, writing the
   low half of the alarm sets it. */
enum rtc_register {
	RTC_TIME_LOW = RTC + 0x00,
	RTC_TIME_HIGH = RTC + 0x04,
	RTC_ALARM_LOW = RTC + 0x08,
	RTC_ALARM_HIGH = RTC + 0x0c,
	RTC_ENABLE = RTC + 0x10,
	RTC_CLEAR = RTC + 0x1c,
};

#define SWITCH_DONE 0x5555u
#define SWITCH_FAILED (100u << 16 | 0x3333u)

static volatile struct board *const board = (volatile struct board *)BOARD;

static inline u64 cycle_now(void)
{
	u64 cycle;
	asm volatile("rdcycle %0" : "=r"(cycle));
	return cycle;
}

/* Its nanoseconds are cycles; only the zero differs. */
static inline u64 rtc_now(void)
{
	u64 low = device_read32(RTC_TIME_LOW);
	return low | (u64)device_read32(RTC_TIME_HIGH) << 32;
}

static inline void rtc_alarm_at(u64 cycle)
{
	u64 ns = rtc_now();
	ns += cycle - cycle_now();
	device_write32(RTC_ENABLE, 1);
	device_write32(RTC_ALARM_HIGH, (u32)(ns >> 32));
	device_write32(RTC_ALARM_LOW, (u32)ns);
}

static inline void rtc_quiet(void)
{
	device_write32(RTC_CLEAR, 1);
}

static inline void wait_until(u64 cycle)
{
	while (cycle_now() < cycle)
		;
}

/*
 * Goes on when the cycle has come: to the instruction, and a constant few
 * late, if no other hart is at work; at once, if it is past.  The last bit of
 * the instructions left is one more or less, the rest goes in steps of two.
 */
static inline void arrive_at(u64 cycle)
{
	i64 odd, left = (i64)(cycle - cycle_now()) / (i64)board->step;
	asm volatile("andi %1, %0, 1\n"
		     "	beqz %1, 1f\n"
		     "	addi %0, %0, -1\n"
		     "1:	addi %0, %0, -2\n"
		     "	bgtz %0, 1b"
		     : "+r"(left), "=&r"(odd));
}

/* The interrupt that is waited for comes at that cycle. */
static inline void set_due(enum source s, u64 cycle)
{
	board->waiter[s].due = cycle;
	board->waiter[s].excused = 0;
}

/* How long the handler was kept waiting. */
static inline void note_kept(volatile struct waiter *w)
{
	u64 kept = (w->handled - w->due) / board->step;
	u64 mode = w->from_user;
	volatile struct kind_result *r = &board->result[board->kind];
	if (kept < board->least[mode])
		board->least[mode] = kept;
	if (kept <= r->kept[mode].longest)
		return;
	r->kept[mode].longest = kept;
	r->kept[mode].offset = board->offset;
	r->kept[mode].pc = w->pc;
}

/* The first thing a waiter does; `cycle` is when it was woken. */
static inline void note_wake(enum source s, u64 cycle)
{
	volatile struct waiter *w = &board->waiter[s];
	w->woken = cycle;
	w->latency = (cycle - w->due - w->excused) / board->step;
	if (s == BY_DEVICE && w->handled >= w->due)
		note_kept(w);
	w->wakes++;
}

/* Going to sleep, exactly where only one hart is at work. */
static inline void arrive_before(enum source s, u64 offset)
{
	u64 cycle = board->waiter[s].due - offset * board->step;
	if (board->exact)
		arrive_at(cycle);
	else
		wait_until(cycle);
}

/* Some time ahead, and a tick: the timer knows no other times. */
static inline u64 some_tick_ahead(void)
{
	u64 cycle = cycle_now() + LEAD * board->step;
	return (cycle / CYCLES_PER_TICK + 1) * CYCLES_PER_TICK;
}

static inline u64 count_bits(u64 word)
{
	u64 n = 0;
	for (; word; word &= word - 1)
		n++;
	return n;
}

/* Ends the machine. */
static inline void finish(bool right)
{
	board->finished = BOARD_MAGIC;
	device_write32(SWITCH, right ? SWITCH_DONE : SWITCH_FAILED);
}
