/*
 * The line being typed: text, the keys that change it, and what the terminal
 * must be sent so that it shows it.  `show` is the terminal, whose cursor
 * stands behind the first `cursor` characters of the line.
 */
#pragma once

#include <base/types.h>
#include <console.h>
#include <keys.h>

enum editor_event {
	EDITOR_MORE, /* the line goes on */
	EDITOR_LINE, /* Enter: it is done */
	EDITOR_END,  /* Ctrl-D on an empty line */
	/* keys that mean something to the reader only: enum console_key */
	EDITOR_COMPLETE,
	EDITOR_OLDER,
	EDITOR_NEWER,
};

struct editor {
	char prompt[CONSOLE_PROMPT];
	char line[CONSOLE_LINE];
	size_t length, cursor;
	struct keys keys;
	void (*show)(const char *text, size_t size);
};

/* Most that one key, or a redrawn line, sends to the terminal. */
#define EDITOR_ECHO (2 * (CONSOLE_PROMPT + 2 * CONSOLE_LINE))

/*
 * Begins a line with this prompt and text (zero-ended; too long ones are
 * cut), the cursor behind `cursor` characters of it, and shows it.
 */
void editor_begin(struct editor *e, const char *prompt, const char *text,
		  size_t cursor);

/* Shows prompt and line again, on an empty line of the terminal. */
void editor_redraw(const struct editor *e);

/* One key. */
enum editor_event editor_key(struct editor *e, u8 key);
