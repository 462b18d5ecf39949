/*
 * The console: lines in, text out, for many programs at once.
 *
 * A conlog capability understands CONSOLE_WRITE too, so either may stand in
 * CAP_CONSOLE of a program that only prints.
 */
#pragma once

#include <abi/invoke.h>
#include <base/types.h>

enum console_order {
	CONSOLE_WRITE = 0,     /* str; RC_LIMIT: none was taken, try again */
	CONSOLE_READ_LINE = 1, /* str = prompt -> str = the line, w1 = breaks;
	                          or RC_LIMIT, CONSOLE_BROKEN, CONSOLE_END */
	CONSOLE_EDIT = 2,      /* as READ_LINE, but some keys are the caller's:
	                          str = prompt, zero byte, text to begin with;
	                          w1 = cursor position in it;
	                          w2 = 0, or 1 + breaks: the answer to a key,
	                          which goes on with the line on the screen
	                          -> w1, str as above; or CONSOLE_KEY with str
	                          = the line so far, w2 = cursor position,
	                          w3 = enum console_key */
	CONSOLE_FLUSH = 3,     /* answers when all text so far is out */
	CONSOLE_READ_KEY = 4,  /* w1 = restarts the caller knows of, w2 = 1 +
	                          breaks, likewise; str = what leads away from its picture, up to
	                          CONSOLE_PROMPT - 1 bytes: shown before any
	                          text that is not the caller's
	                          -> w1 = breaks, w2 = restarts, w3 = the key,
	                          a byte; or CONSOLE_BROKEN or CONSOLE_REDRAW
	                          with w1, w2 */
	CONSOLE_RESTARTS = 5,  /* -> w1 = how often the machine was restarted,
	                          as far as the driver was told */
};

enum console_result {
	CONSOLE_BROKEN = RC_SERVER, /* Ctrl-C was typed instead */
	CONSOLE_END,                /* Ctrl-D was typed on an empty line */
	CONSOLE_KEY,                /* a key that is the caller's */
	CONSOLE_REDRAW,             /* others wrote below the picture, or the
	                               machine was restarted: draw it anew */
};

/* What the reader's own keys ask for. */
enum console_key {
	KEY_COMPLETE, /* Tab */
	KEY_OLDER,    /* up, Ctrl-P */
	KEY_NEWER,    /* down, Ctrl-N */
};

/* Who calls: the badge of the start capability. */
enum console_badge {
	CONSOLE_CLIENT = 0,
	CONSOLE_DEVICE = 1, /* a relay from the UART's irq capability */
	CONSOLE_BREAK = 2,  /* a relay, answered at Ctrl-C with w1 = breaks */
};

#define CONSOLE_LINE 256  /* longest line, its final zero included */
#define CONSOLE_PROMPT 32 /* longest prompt, likewise */

/* Prints on CAP_CONSOLE. */
void print(const char *text);
void printf(const char *format, ...) printf_like(1, 2);

/*
 * Reads a line, without its end.  Returns a result code as above.  `breaks`,
 * if not NULL, tells how often Ctrl-C had been typed before the line.
 */
u64 read_line(const char *prompt, char line[CONSOLE_LINE], u64 *breaks);

/* A line that its reader helps to edit. */
struct edit {
	const char *prompt;
	char line[CONSOLE_LINE]; /* in: the text to begin with */
	u64 cursor;              /* in and out */
	bool again;              /* in: this goes on after a CONSOLE_KEY */
	enum console_key key;    /* out, with CONSOLE_KEY */
	u64 breaks;              /* out; kept for `again` */
};

/* As read_line(), or CONSOLE_KEY. */
u64 edit_line(struct edit *e);

/* A program that draws its own picture and gets every key. */
struct key_input {
	const char *leave; /* what leads away from the picture */
	u64 restarts;      /* in and out: how many are known of; to begin
	                      with, 0 */
	u64 breaks;        /* likewise: those before it came to the fore */
	u8 key;            /* out: a byte, as it came */
};

/* RC_OK, CONSOLE_BROKEN, CONSOLE_REDRAW or RC_LIMIT. */
u64 read_key(struct key_input *k);

/* How often the machine was restarted; 0 where nobody can tell. */
u64 console_restarts(void);
