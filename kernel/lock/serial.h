/*
 * Serialization of contended transactions (Shapiro 2006, section 6.3): a path
 * that met contention takes one global lock before its next attempt, so that
 * those that collide do so one at a time.  Paths that never collide never
 * touch it.
 */
#pragma once

#include <hal/hart.h>

/* This transaction met a lock it could not get; it is about to restart. */
void serial_note_contention(void);

/* At the start of such an attempt (hart.contended), nothing held yet. */
void serial_begin(void);

/* At its end, abandoned or finished (hart.serialized). */
void serial_end(void);
