/*
 * Serialization of contended transactions (Shapiro 2006, section 6.3): a path
 * that met contention takes one global lock before its next attempt, so that
 * those that collide do so one at a time.  Paths that never collide never
 * touch it.
 */
#pragma once

/* This transaction met a lock it could not get; it is about to restart. */
void serial_note_contention(void);

/* At the start of each attempt, nothing held yet. */
void serial_begin(void);

/* At the end of each attempt, abandoned or finished. */
void serial_end(void);
