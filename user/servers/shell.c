/*
 * The shell: reads a line, does what it says.
 *
 * It does one thing at a time.  While a program runs it waits for the
 * factory; Ctrl-C reaches the factory by another way (relay.h), which ends the
 * program and so the wait.
 */
#include <abi/inspect.h>
#include <bank.h>
#include <base/fmt.h>
#include <caps.h>
#include <clock.h>
#include <console.h>
#include <factory.h>
#include <init.h>
#include <invoke.h>
#include <object.h>
#include <program.h>
#include <text.h>
#include <views.h>

#define CAP_INIT 11
#define CAP_SCRIPT 12 /* a page of lines that are executed first, or void */
#define PROMPT "latchkey> "
#define WORDS_MAX 16

static u64 breaks; /* Ctrl-Cs typed before the line that is executed */

struct command {
	const char *name, *use, *what, *more;
	void (*run)(int argc, char **argv);
};

static void help(int argc, char **argv);
static void run(int argc, char **argv);
static void kill(int argc, char **argv);
static void date(int argc, char **argv);
static void off(int argc, char **argv);

static const struct command commands[] = {
	{ "help", "help [COMMAND]", "this list, or more about one command",
	  "Anything that is no command is taken as a program to run.", help },
	{ "run", "run PROGRAM [ARGUMENTS] [&]", "run a program",
	  "`run` may be left out.  Ctrl-C ends the program; with & at\n"
	  "the end the shell does not wait for it.",
	  run },
	{ "kill", "kill NUMBER", "end a program",
	  "NUMBER is what stands behind # in its name; `ps` shows it.\n"
	  "All it bought, and all it started, ends with it.",
	  kill },
	{ "ps", "ps", "the processes",
	  "A server at rest is available; a process that waits for an\n"
	  "answer is waiting; one that has work to do is running, also\n"
	  "while it is stalled.  prio: priority, 15 the highest.  hart:\n"
	  "where it is loaded now.  time: what it has used.  want: how\n"
	  "many processes are stalled until it is available.",
	  view_processes },
	{ "queues", "queues [all]", "who is stalled on what",
	  "The queues that were ever used since boot, or all of them.\n"
	  "ready 0 to 15 hold what a hart may take, by priority; junk\n"
	  "holds what cannot run: its keeper gave it up.",
	  view_queues },
	{ "locks", "locks", "the kernel's locks, in their order",
	  "Only a lock of higher rank is taken while one is held.",
	  view_locks },
	{ "pages", "pages", "what the kernel's memory is used for",
	  "Objects in use are a cache of what the disk holds.", view_pools },
	{ "trace", "trace [COUNT]", "the last things the kernel did",
	  "COUNT events of each hart, 50 at most, 20 if left out, with\n"
	  "their times since the first boot.",
	  view_trace },
	{ "date", "date", "the date, and the time since the first boot",
	  "The time goes on while the machine is off.", date },
	{ "off", "off", "turn the machine off", "Nothing need be saved.", off },
};

static const struct command *find(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void print_programs(void)
{
	static char names[FACTORY_PROGRAMS * (FROZEN_LETTERS + 1) + 1];
	struct message m = { .w = { FACTORY_NAMES },
			     .buffer = names,
			     .buffer_size = sizeof(names) - 1 };
	if (message_call(CAP_FACTORY, &m) != RC_OK)
		return;
	names[m.length] = 0;
	printf("Programs: %s\n", names);
}

static void help(int argc, char **argv)
{
	const struct command *c = argc > 1 ? find(argv[1]) : NULL;
	if (c) {
		printf("%s: %s.\n%s\n", c->use, c->what, c->more);
		return;
	}
	if (argc > 1)
		printf("%s is no command; these are:\n", argv[1]);
	for (c = commands; c < commands + ARRAY_SIZE(commands); c++)
		printf("  %-28s %s\n", c->use, c->what);
	print_programs();
	print("Keys: Backspace, Ctrl-U line, Ctrl-W word, Ctrl-L screen, "
	      "Ctrl-C stop\n");
}

static void print_end(const char *name, u64 number, u64 end, u64 code)
{
	switch (end) {
	case END_EXIT:
		if (code)
			printf("%s#%lu: exit code %lu\n", name, number, code);
		break;
	case END_KILL:
		printf("%s#%lu: killed\n", name, number);
		break;
	case END_BREAK:
		printf("%s#%lu: stopped\n", name, number);
		break;
	case END_FAULT: /* the pager has said it all */
		break;
	}
}

static void print_start_error(const char *name, u64 result)
{
	if (result == FACTORY_NO_PROGRAM)
		printf("%s: no such command or program.  Try `help`.\n", name);
	else if (result == RC_LIMIT)
		printf("%s: no room to start it; `kill` something first.\n",
		       name);
	else
		printf("%s: not started: %s.\n", name, result_name(result));
}

/* The words as one line again, cut to its size. */
static void join(char *line, size_t size, int argc, char **argv)
{
	size_t used = 0;
	line[0] = 0;
	for (int i = 0; i < argc; i++)
		used += fmt_snprintf(line + used, size - used, "%s%s",
				     i ? " " : "", argv[i]);
}

static void run_program(int argc, char **argv)
{
	static char line[CONSOLE_LINE];
	bool background = strcmp(argv[argc - 1], "&") == 0;
	u64 end, code, result;
	join(line, sizeof(line), argc - background, argv);
	struct start s = { .line = line,
			   .foreground = !background,
			   .breaks = breaks };
	result = factory_start(&s);
	if (result != RC_OK) {
		print_start_error(argv[0], result);
		return;
	}
	if (background)
		printf("%s#%lu\n", argv[0], BANK_INDEX(s.instance));
	else if (factory_wait(s.instance, &end, &code) == RC_OK)
		print_end(argv[0], BANK_INDEX(s.instance), end, code);
}

static void run(int argc, char **argv)
{
	if (argc < 2)
		print("run what?  `help` lists the programs.\n");
	else
		run_program(argc - 1, argv + 1);
}

static void kill(int argc, char **argv)
{
	u64 number = text_argument(argc, argv, 1, 0);
	if (number == 0)
		print("kill which?  `ps` shows the number behind the #.\n");
	else if (factory_kill(number) != RC_OK)
		printf("No program of yours has the number %lu; see `ps`.\n",
		       number);
}

/* Days since 1970 to a date of the Gregorian calendar, counted from the first
   of March, so that the leap day is a year's last. */
static void print_date(u64 days)
{
	u64 since = days + 719468;
	u64 era = since / 146097, day = since % 146097;
	u64 year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	u64 month = (5 * day + 2) / 153;
	printf("%04lu-%02lu-%02lu", era * 400 + year + (month >= 10),
	       month < 10 ? month + 3 : month - 9,
	       day - (153 * month + 2) / 5 + 1);
}

static void date(int argc, char **argv)
{
	u64 ticks, now;
	(void)argc, (void)argv;
	if (clock_now(&ticks, &now) != RC_OK) {
		print("The clock does not answer.\n");
		return;
	}
	print_date(now / 86400);
	printf(" %02lu:%02lu:%02lu UTC, first boot %lu.%lu s ago\n",
	       now / 3600 % 24, now / 60 % 60, now % 60, ticks / TICKS_PER_S,
	       ticks * 10 / TICKS_PER_S % 10);
}

static void off(int argc, char **argv)
{
	(void)argc, (void)argv;
	call4(CAP_INIT, INIT_POWER_OFF, 0, 0, 0);
	print("The machine cannot be turned off.\n");
}

static void report_ended(void)
{
	for (;;) {
		struct words a = call4(CAP_FACTORY, FACTORY_ENDED, 0, 0, 0);
		if (a.w0 != RC_OK)
			return;
		if (a.w2 == END_EXIT && a.w3 == 0)
			printf("#%lu: done\n", BANK_INDEX(a.w1));
		print_end("", BANK_INDEX(a.w1), a.w2, a.w3);
	}
}

static void execute(char *line)
{
	char *words[WORDS_MAX + 1];
	int count = text_split(line, words, WORDS_MAX);
	if (count == 0)
		return;
	const struct command *c = find(words[0]);
	if (c)
		c->run(count, words);
	else
		run_program(count, words);
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
	      "Try `counter`, and Ctrl-C; then `faults all`.\n"
	      "Try `ps`, `queues`, `locks`; `off` turns the machine off.\n");
	while (script_line(line)) {
		execute(line);
		report_ended();
	}
	for (;;) {
		report_ended();
		u64 result = read_line(PROMPT, line, &breaks);
		if (result == CONSOLE_END)
			print("\nTo turn the machine off, type `off`.\n");
		if (result == RC_OK)
			execute(line);
	}
}
