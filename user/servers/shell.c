/*
 * The shell: reads a line, does what it says.
 *
 * It does one thing at a time.  While a program runs it waits for the
 * factory; Ctrl-C reaches the factory by another way (relay.h), which ends the
 * program and so the wait.  It calls nobody who may fail to answer: what
 * programs bind under a name is called by a program (programs/call.c).
 */
#include "shell/shell.h"

#include <more.h>
#include <object.h>
#include <program.h>
#include <text.h>

u64 breaks;

static void execute(char *line)
{
	char *words[WORDS_MAX + 1];
	int count = text_split(line, words, WORDS_MAX + 1);
	if (count == 0)
		return;
	if (count > WORDS_MAX) {
		printf("A line has up to %u words; nothing was done.\n",
		       WORDS_MAX);
		return;
	}
	bool run = strcmp(words[0], "run") == 0 && count > 1;
	const struct topic *c = find_topic(commands, words[0]);
	if (c && !run)
		c->run(count, words);
	else
		run_program(count - run, words + run);
}

/* The next line of the script, shown as if it had been typed; false at the
   zero byte that ends it. */
static bool script_line(char line[CONSOLE_LINE])
{
	static u64 at;
	size_t n = 0, size = MIN(CONSOLE_LINE - 1, PAGE_SIZE - at);
	line[size] = 0;
	if (!size || page_read(CAP_SCRIPT, at, line, size) != RC_OK || !line[0])
		return false;
	while (line[n] && line[n] != '\n')
		n++;
	at += n + (line[n] == '\n');
	line[n] = 0;
	printf(PROMPT "%s\n", line);
	return true;
}

int main(void)
{
	static char line[CONSOLE_LINE];
	print("Try `help` for the commands, `hello world` for a program.\n"
	      "Try `counter`, and Ctrl-C; then `note`, and pull the plug.\n"
	      "Try `ps`, `queues`, `pages`; `off` turns the machine off.\n");
	while (script_line(line)) {
		execute(line);
		report_ended();
	}
	more_asks = true;
	for (;;) {
		report_ended();
		u64 result = ask_line(line, &breaks);
		if (result == CONSOLE_END)
			print("\nTo turn the machine off, type `off`.\n");
		if (result == RC_OK)
			execute(line);
	}
}
