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
};

enum console_result {
	CONSOLE_BROKEN = RC_SERVER, /* Ctrl-C was typed instead */
	CONSOLE_END,                /* Ctrl-D was typed on an empty line */
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
