/*
 * Programs: run in the foreground or behind it, stopped, ended, bound to
 * names.  The factory knows all about them but what was typed.
 */
#include "shell.h"

#include <base/fmt.h>
#include <base/string.h>
#include <factory.h>
#include <invoke.h>
#include <names.h>
#include <text.h>

#define JOB_LINE 48

/* Instances started behind the foreground, in the place of their index. */
static struct job {
	bool lives, stopped;
	char line[JOB_LINE]; /* what was typed, cut */
} table[BANK_ACCOUNTS];

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
	for (int i = 0; i < argc && used < size; i++)
		used += fmt_snprintf(line + used, size - used, "%s%s",
				     i ? " " : "", argv[i]);
}

static u64 start(struct start *s, int argc, char **argv)
{
	static char line[CONSOLE_LINE];
	join(line, sizeof(line), argc, argv);
	s->line = line;
	u64 result = factory_start(s);
	if (result != RC_OK)
		print_start_error(argv[0], result);
	return result;
}

static void note_job(u64 instance, int argc, char **argv)
{
	struct job *j = &table[BANK_INDEX(instance)];
	*j = (struct job){ .lives = true };
	join(j->line, sizeof(j->line), argc, argv);
	printf("%s#%lu\n", argv[0], BANK_INDEX(instance));
}

void run_program(int argc, char **argv)
{
	bool background = argc > 1 && strcmp(argv[argc - 1], "&") == 0;
	struct start s = { .foreground = !background, .breaks = breaks };
	u64 end, code;
	if (start(&s, argc - background, argv) != RC_OK)
		return;
	if (background)
		note_job(s.instance, argc - 1, argv);
	else if (factory_wait(s.instance, &end, &code) == RC_OK)
		print_end(argv[0], BANK_INDEX(s.instance), end, code);
}

void bind(int argc, char **argv)
{
	struct start s = { .server = CAP_STARTED };
	if (argc < 3) {
		print("bind NAME PROGRAM [ARGUMENTS]\n");
		return;
	}
	argc -= 2, argv += 2;
	if (start(&s, argc, argv) != RC_OK)
		return;
	u64 result = names_bind(argv[-1], CAP_STARTED);
	if (result == RC_OK) {
		note_job(s.instance, argc, argv);
		return;
	}
	u64 end, code;
	factory_kill(s.instance);
	factory_wait(s.instance, &end, &code);
	print_names_error(argv[-1], result);
}

/* Whether the name stands for something that is still there. */
static bool is_bound(const char *name)
{
	char bound[NAMES_LETTERS + 1];
	enum cap_type type;
	for (u64 i = 0; i < NAMES_MOST; i++)
		if (names_list(i, bound, &type) == RC_OK &&
		    strcmp(bound, name) == 0)
			return type != CT_VOID;
	return false;
}

/*
 * The text lives in a process of its own, under its name; another one, in the
 * foreground, calls it and so brings it there.
 */
void note(int argc, char **argv)
{
	char *name = argc > 1 ? argv[1] : argv[0], before[24];
	if (argc > 2) {
		print("note [NAME]\n");
		return;
	}
	if (!is_bound(name))
		bind(4, (char *[]){ "bind", name, "notepad", "keep" });
	if (!is_bound(name))
		return;
	fmt_snprintf(before, sizeof(before), "%lu", breaks);
	run_program(4, (char *[]){ "notepad", "open", name, before });
}

void report_ended(void)
{
	for (;;) {
		struct words a = call4(CAP_FACTORY, FACTORY_ENDED, 0, 0, 0);
		if (a.w0 != RC_OK)
			return;
		table[BANK_INDEX(a.w1)].lives = false;
		if (a.w2 == END_EXIT && a.w3 == 0)
			printf("#%lu: done\n", BANK_INDEX(a.w1));
		print_end("", BANK_INDEX(a.w1), a.w2, a.w3);
	}
}

bool job_number(unsigned i, u64 *number)
{
	for (*number = 0; *number < BANK_ACCOUNTS; ++*number)
		if (table[*number].lives && i-- == 0)
			return true;
	return false;
}

void jobs(int argc, char **argv)
{
	u64 number;
	(void)argc, (void)argv;
	report_ended();
	if (!job_number(0, &number)) {
		print("No jobs.  `counter &` starts one.\n");
		return;
	}
	print("number state    program\n");
	for (unsigned i = 0; job_number(i, &number); i++)
		printf("%6lu %-8s %s\n", number,
		       table[number].stopped ? "stopped" : "goes on",
		       table[number].line);
}

/* The number a command names, with or without #; 0: none, and it was said. */
static u64 number_of(int argc, char **argv)
{
	u64 number = 0;
	if (argc == 2 && text_number(argv[1] + (argv[1][0] == '#'), &number) &&
	    number)
		return number;
	printf("%s which?  `jobs` and `ps` show the number behind the #.\n",
	       argv[0]);
	return 0;
}

static bool obeyed(u64 number, u64 result)
{
	if (result == RC_LIMIT)
		printf("#%lu has used up its storage: it can only be ended.\n",
		       number);
	else if (result != RC_OK)
		printf("No program of yours has the number %lu; see `ps`.\n",
		       number);
	return result == RC_OK;
}

void kill(int argc, char **argv)
{
	u64 number = number_of(argc, argv);
	if (number)
		obeyed(number, factory_kill(number));
}

void stop(int argc, char **argv)
{
	u64 number = number_of(argc, argv);
	if (number && obeyed(number, factory_stop(number)))
		table[BANK_INDEX(number)].stopped = true;
}

void go(int argc, char **argv)
{
	u64 number = number_of(argc, argv);
	if (number && obeyed(number, factory_go(number)))
		table[BANK_INDEX(number)].stopped = false;
}
