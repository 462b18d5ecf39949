/* The parts of the console (servers/console.c). */
#pragma once

#include <base/types.h>
#include <parking.h>

/* Who is kept waiting: readers, writers, flushers and the break relay. */
extern struct parking parking;

/*
 * Output: show() -> out -> transmit() -> device.
 *
 * Invariants
 *  1. A writer is parked only while the output holds more than OUT_LOW bytes,
 *     and a flusher while it holds any, so the transmit interrupt is on, and
 *     comes; by then the writer's text fits.
 */
#define OUT_SIZE 8192u  /* powers of two, so that counters may wrap */
#define OUT_SPARE 2048u /* kept free of clients' text, for echo and prompts */
#define OUT_LOW (OUT_SIZE - OUT_SPARE - MSG_STRING_MAX) /* any text fits */

extern unsigned out_head, out_tail; /* bytes put in, bytes taken out */
extern bool out_at_line_start;      /* what was put last ends a line */

/* What finds no room is dropped. */
void show(const char *text, size_t size);
void show_text(const char *text);

/* Fills the device's queue if it is empty; the interrupt brings the rest.
   Answers those whose time has come. */
void transmit(void);

/* The device was set up anew: its transmit interrupt is off. */
void transmit_reset(void);

/* The caller waits until a text like his fits, or until all is out. */
void park_writer(void);
void park_flusher(void);
