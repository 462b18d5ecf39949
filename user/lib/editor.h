/*
 * The line being typed: text, the keys that change it, and what the terminal
 * must be sent so that it shows it.  `show` is the terminal.
 */
#pragma once

#include <base/types.h>
#include <console.h>

enum editor_event {
	EDITOR_MORE, /* the line goes on */
	EDITOR_LINE, /* Enter: it is done */
	EDITOR_END,  /* Ctrl-D on an empty line */
};

struct editor {
	char prompt[CONSOLE_PROMPT];
	char line[CONSOLE_LINE];
	size_t length;
	u8 escape; /* inside the escape sequence of a function key */
	void (*show)(const char *text, size_t size);
};

/* Begins a new line with this prompt, and shows it. */
void editor_begin(struct editor *e, const char *prompt, size_t size);

/* Shows prompt and line again, on an empty line of the terminal. */
void editor_redraw(const struct editor *e);

/* One key. */
enum editor_event editor_key(struct editor *e, u8 key);
