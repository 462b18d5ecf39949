/*
 * Timed events: timed waits and the worrier.
 *
 * A hart programs its timer for the earliest of the end of the quantum and
 * the events it answers for (hart.alarm); the hart that took on an event
 * serves it, idle or not, so no hart depends on another one's timer.
 *
 * Each wait capability names a wait queue, which is kept in order of time.
 */
#pragma once

#include <base/types.h>

/* Processes of one queue woken in one go; the rest follows in the next. */
#define TIMED_BATCH 16

/* From now on this hart answers for an event at `when`. */
void timed_alarm(u64 when);

/* Sets this hart's timer for what it answers for, and its quantum's end. */
void timed_program(void);

/*
 * Returns if `when` is past; else stalls the process loaded here on the wait
 * queue and does not return.
 */
void timed_wait(unsigned queue, u64 when);

/* Serves all that is due; called by resched() whenever the timer fired. */
void timed_serve(u64 now);
