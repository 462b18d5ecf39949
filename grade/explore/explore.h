/*
 * A scenario: a few harts on which mechanisms of the kernel run, everything
 * that may happen between them, and what must be so in the end.
 *
 * The explorer (engine/) runs it again and again, a little otherwise each
 * time, on the model of kernel/arch/model/.  Everything a scenario changes is
 * in static data, which is put back before each run: what is equal there, and
 * on the stacks, is not run twice.
 *
 * A run ends when no hart can go on and no interrupt is left to come: those
 * in an endless wait for an interrupt, idle, are done as much as those that
 * have returned.  Then final() looks at what came of it.
 *
 * Which files a scenario needs stands in its first comment:
 *
 *      Links: kernel/wait/hook.c solutions/04-stall-queues/stall.c
 *
 * Those of solutions/ are replaced by submitted ones or by mutants.
 */
#pragma once

#include <base/types.h>

#define EXPLORE_HARTS 4

struct scenario {
	const char *expects; /* one sentence: what must be so */
	u32 harts;           /* unless the test gives an option `harts` */
	void (*setup)(void); /* once, on no hart */
	void (*body[EXPLORE_HARTS])(void); /* a hart each, interrupts off */
	void (*final)(void);               /* on no hart */
	/* Whenever every hart waits, idles or computes in user mode: what must
	   be so then, without waiting for another interrupt. */
	void (*still)(void);
	u64 time_ends;   /* ticks after which no timer comes; 0: never */
	bool time_flies; /* timers may come at any time; else they come
	                          only when every hart waits (option `time`) */
	/* In user mode, of the process loaded on this hart: ends in
	   explore_trap(), or returns to compute until it is interrupted. */
	void (*user)(void);
};

extern const struct scenario scenario;

/* Setup: a device that interrupts up to `times`, on the harts of the
   mask (bit per hart). */
void explore_device(u32 line, u32 times, u32 mask);

/* Setup: what follows is done by this hart (hart_self()); 0 at first. */
void explore_on(u32 hart);

/* The number that the test gives under this name, or `otherwise`. */
u64 explore_option(const char *name, u64 otherwise);

/* Setup: words that count things and decide nothing: nobody asks them what to
   do, nor does still() or final() look at them. */
void explore_quiet(const void *start, size_t size);

/* From user mode: the trap into the kernel.  Calls f, interrupts disabled. */
void explore_trap(void (*f)(void)) noreturn;

/* This hart has done its part: as if its body had returned. */
void explore_end(void) noreturn;

/* The run is wrong; says what happened instead of scenario.expects. */
void explore_fail(const char *format, ...) noreturn printf_like(1, 2);

/* A line in the story of a failure. */
void explore_note(const char *format, ...) printf_like(1, 2);

#define explore_require(condition, ...)            \
	do {                                       \
		if (!(condition))                  \
			explore_fail(__VA_ARGS__); \
	} while (0)
