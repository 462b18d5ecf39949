/*
 * The parts of the shell.  Each command takes its words, the first of which
 * is its own name.
 */
#pragma once

#include <base/types.h>
#include <caps.h>
#include <checkpoint.h>
#include <console.h>

#define CAP_JOURNAL 7 /* a page of lines */
#define CAP_INIT 11
#define CAP_SCRIPT 12 /* a page of lines that are executed first, or void */
#define CAP_STARTED 13
#define CAP_CHECKPOINT 14

#define PROMPT "latchkey> "
#define WORDS_MAX 16

/* One line of `help`, and what `help NAME` says about it. */
struct topic {
	const char *name, *use, *what, *more;
	void (*run)(int argc, char **argv); /* NULL: no command */
};

/* help.c: the commands, and the programs there may be; both end with a topic
   without a name. */
extern const struct topic commands[], programs[];
const struct topic *find_topic(const struct topic *list, const char *name);
void help(int argc, char **argv);

extern u64 breaks; /* Ctrl-Cs typed before the line that is executed */

/* jobs.c: programs, in the foreground and behind it. */
void run_program(int argc, char **argv);
void report_ended(void);
void jobs(int argc, char **argv);
void stop(int argc, char **argv);
void go(int argc, char **argv);
void kill(int argc, char **argv);
void bind(int argc, char **argv);

/* Opens the note of this name, made if there is none. */
void note(int argc, char **argv);

/* The number of each job in turn, beginning with i = 0; false: no more. */
bool job_number(unsigned i, u64 *number);

/* names.c: the directory. */
void names(int argc, char **argv);
void unbind(int argc, char **argv);
void print_names_error(const char *name, u64 result);

/* durable.c: what outlives the power. */
void checkpoint(int argc, char **argv);
void journal(int argc, char **argv);
void crash(int argc, char **argv);

/* Takes a checkpoint and shows on the way that it goes on.  False: it is not
   durable, and why was said. */
bool make_durable(struct ckpt_status *after);

/* machine.c */
void date(int argc, char **argv);
void bank(int argc, char **argv);
void off(int argc, char **argv);

/* line.c: typing a line, with history and completion. */
u64 ask_line(char line[CONSOLE_LINE], u64 *breaks_before);
void remember(const char *line);
void history(int argc, char **argv);

/* words.c: what the word under the cursor may become. */
struct completion {
	const char *stem; /* what is typed of it */
	size_t typed;     /* letters of that */
	bool show;        /* lists all that fit */
	unsigned count;
	char common[CONSOLE_LINE]; /* how they all begin */
};

/* Sets count and common, by the line up to that word. */
void complete(struct completion *c, const char *line);

/* The names of the programs, with blanks; empty if there is no answer. */
const char *program_names(void);
