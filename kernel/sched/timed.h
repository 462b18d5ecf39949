/*
 * Timed events: timed waits, the worrier, and what rooms above add.
 *
 * A hart programs its timer for the earliest of the end of the quantum and
 * the events it answers for (hart.alarm); the hart that took on an event
 * serves it, idle or not, so no hart depends on another one's timer.
 *
 * Each wait capability names a wait queue, which is kept in order of time.
 */
#pragma once

#include <obj/ring.h>

/* Processes of one queue woken in one go; the rest follows in the next. */
#define TIMED_BATCH 16

/*
 * A source of timed events serves what is due and returns the time at which it
 * is to be called again, or TIME_NEVER.  Any hart whose timer fired calls it,
 * early too, and holds no lock.  Whoever adds an event calls timed_alarm().
 */
typedef u64 timed_source(u64 now);

/* Boot, one hart: from now on this one is served too. */
void timed_add(timed_source *source);

/* From now on this hart answers for an event at `when`. */
void timed_alarm(u64 when);

/* Sets this hart's timer for what it answers for, and its quantum's end. */
void timed_program(void);

/*
 * Returns if `when` is past; else stalls the process loaded here on the wait
 * queue and does not return.
 */
void timed_wait(unsigned queue, u64 when);

/*
 * Under r->lock, r a queue in order of time: wakes those who are due, but no
 * more than a batch.  True if nobody is left who is due.
 */
bool timed_wake_locked(struct ring *r, u64 now);

/* Serves all that is due; called by resched() whenever the timer fired. */
void timed_serve(u64 now);
