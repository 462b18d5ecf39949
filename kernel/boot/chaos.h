/*
 * Chaos harts: seeded schedules.
 *
 * With the boot argument chaos=R every second hart runs no process but re-arms
 * its own timer, busily, up to R ticks ahead.  Under the emulator's instruction
 * counting each re-arming yields and each deadline preempts a working hart at
 * an exact instruction; so the schedule of the others is drawn by seed=S, and
 * the same seed gives the same schedule again.  R above 10; 20 to 50 is best.
 *
 * With spare=1 every second hart sleeps for ever instead.  That is for
 * schedules made by the emulator alone, when a periodic event of its own ends
 * the slice of whichever hart runs: the hart after it gets an empty slice, and
 * a spare one loses nothing by that.
 */
#pragma once

#include <base/types.h>

/*
 * Boot: marks the chaos harts, or the spare ones.  The boot hart is never one.
 */
void chaos_init(u64 range, bool spare, u64 seed);

/* The whole life of a chaos hart. */
void chaos_run(void) noreturn;
