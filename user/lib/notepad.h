/*
 * A note: up to NOTE_MOST bytes of text in lines, and a place in it.  Pure:
 * it knows neither console nor keys.
 *
 * Invariants
 *  1. text[0 .. size - 1] holds lines, each ended by '\n' but the last.
 *  2. No line is longer than NOTE_COLUMNS, so each fits a row of the screen.
 *  3. at <= size.
 */
#pragma once

#include <base/types.h>

#define NOTE_MOST 8192u
#define NOTE_COLUMNS 75u

struct note {
	char text[NOTE_MOST];
	size_t size;
	size_t at;                    /* the cursor: before this character */
	char taken[NOTE_COLUMNS + 1]; /* the line that was cut last */
	size_t taken_size;
};

/* Where the line with character `at` begins, and where it ends: its '\n', or
   the end of the text. */
size_t note_line_start(const struct note *n, size_t at);
size_t note_line_end(const struct note *n, size_t at);

/* Lines before the one with character `at`. */
size_t note_row(const struct note *n, size_t at);

/* These return false, and change nothing, where it cannot be done. */
bool note_insert(struct note *n, char c);
bool note_backspace(struct note *n);
bool note_delete(struct note *n);
bool note_cut_line(struct note *n);
bool note_paste_line(struct note *n);

/* Moves the cursor, or the line it is in, down or up. */
bool note_go(struct note *n, bool down);
bool note_move_line(struct note *n, bool down);
