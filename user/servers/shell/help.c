/* What there is to type, and what is to be said about it. */
#include "shell.h"

#include <base/string.h>
#include <factory.h>
#include <invoke.h>
#include <views.h>

static void run(int argc, char **argv)
{
	(void)argc, (void)argv;
	print("run what?  `help` lists the programs.\n");
}

const struct topic commands[] = {
	{ "help", "help [NAME]", "this list, or more about one line of it",
	  "NAME is a command or a program.  What is no command is taken as\n"
	  "a program to run.",
	  help },
	{ "run", "run PROGRAM [ARGUMENTS] [&]", "run a program",
	  "`run` may be left out.  Ctrl-C ends the program; with & at the\n"
	  "end the shell does not wait for it, and Ctrl-C does not reach it.",
	  run },
	{ "jobs", "jobs", "programs that run behind the shell",
	  "number: what stands behind # in the name of the process.  state:\n"
	  "stopped by `stop`, or it goes on.  program: as it was typed.",
	  jobs },
	{ "stop", "stop NUMBER", "hold a program, and all it started",
	  "Each of its processes gets a meter that is empty: the next time\n"
	  "one is to run it faults, (meter empty) in `ps`, and nobody "
	  "answers.\n"
	  "What it waits for is not disturbed.  `go` lets it go on.",
	  stop },
	{ "go", "go NUMBER", "let it go on",
	  "NUMBER is what `stop` was given; nothing it waited for was lost.",
	  go },
	{ "kill", "kill NUMBER", "end a program, and all it started",
	  "All they bought goes back to the bank; see `bank`.  A process that\n"
	  "was stalled on one of them finds its capability void.",
	  kill },
	{ "names", "names", "the name directory",
	  "name: what the capability is called.  type: what it is; void where\n"
	  "its process is gone.  Programs hold a capability to the directory\n"
	  "that can look up and list; the shell's can also bind and unbind.",
	  names },
	{ "bind", "bind NAME PROGRAM [ARGUMENTS]", "run a program under a name",
	  "Runs it behind the shell and binds a start capability to it; so\n"
	  "`bind echo ping serve`, then `call echo 41`.",
	  bind },
	{ "unbind", "unbind NAME", "forget a name",
	  "Who holds the capability keeps it, and what it names lives on.",
	  unbind },
	{ "ps", "ps", "the processes",
	  "Those in memory: one that waits may be on the disk only.  OID: its\n"
	  "number there.  name: with # and a number where the factory made it.\n"
	  "state: available, a server at rest; waiting, for an answer; running,\n"
	  "it has work to do, also while it is stalled.  prio: priority, 15 the\n"
	  "highest.  hart: where it is loaded now.  time s: seconds it has "
	  "used.\n"
	  "want: how many processes are stalled until it is available.  "
	  "stalled\n"
	  "on: the queue or the process it is stalled on, and (why) if it "
	  "faulted.",
	  view_processes },
	{ "queues", "queues [all]", "who is stalled on what",
	  "queue: those of the kernel that were ever used since boot, or all "
	  "of\n"
	  "them.  members: now; first: of them; enqueued: how many ever were.\n"
	  "ready 0 to 15 hold what a hart may take, by priority; junk holds\n"
	  "what cannot run: its keeper gave it up.  irq: a line of a device.\n"
	  "Then each process that others are stalled on: how many callers, "
	  "and\n"
	  "who they are.",
	  view_queues },
	{ "locks", "locks", "the kernel's locks, in their order",
	  "rank: only a lock of higher rank is taken while one is held.  "
	  "lock:\n"
	  "all of that kind.  taken: how often (debug build only).  waits: "
	  "how\n"
	  "often somebody had to wait for one.  An abandoned transaction is\n"
	  "executed again.",
	  view_locks },
	{ "pages", "pages [nodes|processes] [all]", "the objects in memory",
	  "Memory is a cache of the disk.  Listed are objects in use or not "
	  "yet on\n"
	  "the disk; with `all`, the others too.  OID: its number there.  "
	  "version:\n"
	  "capabilities of another one are void.  state: clean, the disk has "
	  "it;\n"
	  "dirty, changed since the last checkpoint; frozen, of a snapshot; "
	  "writing;\n"
	  "coming in.  age: rounds of the ager since it was used.  pins: "
	  "harts that\n"
	  "need it now.  maps: page-table entries made from it.  locks: who "
	  "holds\n"
	  "it.  Then how many of each kind are in which state.",
	  view_objects },
	{ "memory", "memory", "what the kernel's memory is used for",
	  "pool: what there is room for; size: for how many; used: by how "
	  "many.\n"
	  "frames: 4 KiB of memory each.  pages, nodes, processes: objects in\n"
	  "memory, a cache of what the disk holds.  spaces, mapping refs: "
	  "what\n"
	  "page tables were made from.",
	  view_pools },
	{ "disk", "disk", "what was read and written",
	  "count: requests since boot.  A flush is over when all writes before\n"
	  "it would outlive the power.  brought in: objects that were missed\n"
	  "in memory.  failed: of all requests.",
	  view_disk },
	{ "checkpoint", "checkpoint [every SECONDS|off|...]",
	  "make all of this durable",
	  "Takes a checkpoint and waits until it is on the disk: all that is "
	  "here\n"
	  "now would outlive the power.  `every SECONDS` and `off` set how "
	  "often\n"
	  "the kernel takes one by itself, if anything has changed.\n"
	  "`status` shows where things stand, `await` waits for the next that "
	  "is\n"
	  "taken anyway.  The harts stand still only while the snapshot is "
	  "taken,\n"
	  "not while it is written.",
	  checkpoint },
	{ "journal", "journal [TEXT]", "write a line that is durable at once",
	  "A page of lines, made durable by itself, outside the checkpoint: "
	  "after a\n"
	  "crash the line is there, though all else is older.  The number "
	  "counts\n"
	  "such writes of all programs.  Without TEXT the lines are shown.",
	  journal },
	{ "note", "note [NAME]", "write a note, or go on with it",
	  "Its text lives in the memory of a process, and nowhere else; so it\n"
	  "outlives the power.  ^X leaves it, `note` comes back to it, and so\n"
	  "does `note NAME` to others, which stand in `names`.  Ctrl-C leaves,\n"
	  "too.  `kill` ends it, with its text.",
	  note },
	{ "crash", "crash now|commit|write [N]", "cut the power",
	  "now; or when the next root is about to be written, which would be "
	  "the\n"
	  "commit of a checkpoint; or at the N-th write to the disk from now, "
	  "a\n"
	  "random one if N is left out.  Then start the machine again.",
	  crash },
	{ "bank", "bank", "what programs have bought",
	  "object: its kind.  used: how many were bought on the shell's "
	  "account\n"
	  "and those below it, one for each program.  most: how many there "
	  "are.",
	  bank },
	{ "trace", "trace [COUNT]", "the last things the kernel did",
	  "COUNT events of each hart, 50 at most, 20 if left out, with their\n"
	  "times since the first boot.  It takes a kernel built with TRACE=1.",
	  view_trace },
	{ "history", "history", "the lines typed before",
	  "The arrow keys up and down fetch them back.", history },
	{ "date", "date", "the date, and the time since the first boot",
	  "The time goes on while the machine is off.", date },
	{ "off", "off", "turn the machine off",
	  "Takes a checkpoint first; then all is there at the next start, and\n"
	  "goes on.  Nothing need be saved.",
	  off },
	{ 0 },
};

const struct topic programs[] = {
	{ "hello", "hello [WORDS]", "says hello",
	  "The smallest program there is: user/programs/hello.c.", NULL },
	{ "counter", "counter [SECONDS]", "counts seconds",
	  "For ever, if not told how many: try Ctrl-C.  Cut the power and "
	  "start\n"
	  "the machine again: it counts on, and says how long it was off.",
	  NULL },
	{ "ping", "ping [TRIPS]", "round trips between two processes",
	  "Four words there and back, timed.  `ping serve` is the other one:\n"
	  "it answers with the first word counted on.",
	  NULL },
	{ "call", "call NAME [WORDS]", "calls what a name stands for",
	  "Up to four numbers, decimal or 0x...; prints the four that come\n"
	  "back.  `call clock` gives 0, the time in ticks of 100 ns, and the\n"
	  "seconds since 1970.",
	  NULL },
	{ "dinner", "dinner [SEATS [MEALS]] [-bad]", "the dining philosophers",
	  "A fork is a process that is available while it lies on the table;\n"
	  "who wants one that is held is stalled on it.  With -bad they wait\n"
	  "in a circle: `dinner -bad &`, then `queues`, then `kill`.",
	  NULL },
	{ "primes", "primes [LAST]", "a sieve of processes",
	  "Each prime is a process that drops its multiples and hands the "
	  "rest\n"
	  "to the next, made when it is needed.  `primes 250 &`, then `ps`.",
	  NULL },
	{ "stall", "stall [CLIENTS]", "many clients of a slow server",
	  "They stall until their turn comes; `stall 20 &`, then `queues`.\n"
	  "At the end: who was served when.",
	  NULL },
	{ "notepad", "notepad", "what `note` is made of",
	  "`notepad keep` has the text; `notepad open NAME` asks it to come to\n"
	  "the screen, and waits until it is left.  Type `note`.",
	  NULL },
	{ "pressure", "pressure [PAGES [ROUNDS [SEED]]]",
	  "uses more memory than there is",
	  "Processes write a pattern into their pages, all round, and look "
	  "whether\n"
	  "it is still there.  `pressure nodes [N [ROUNDS]]` and `pressure\n"
	  "processes [N [ROUNDS]]` do it with those.  To see the disk work:\n"
	  "`make run APPEND=pages=600`, then `pressure 1200`.",
	  NULL },
	{ "storm", "storm [RATE [SECONDS]]", "interrupts of a device",
	  "The real-time clock's alarm, RATE times a second, 1000 if left out.",
	  NULL },
	{ "faults", "faults [all]", "every fault comes to its keeper",
	  "A child process commits each of them; its keeper looks at it.",
	  NULL },
	{ "bench", "bench", "what the kernel's operations cost",
	  "In instructions, if the machine counts them: `make bench`.", NULL },
	{ "first", "first", "three invocations, of lab 0",
	  "A number of the kernel's, the clock, and a parcel of capabilities:\n"
	  "handouts/lab00.md.  With LAB=0 it is the one you write.",
	  NULL },
	{ 0 },
};

const struct topic *find_topic(const struct topic *list, const char *name)
{
	for (; list->name; list++)
		if (strcmp(list->name, name) == 0)
			return list;
	return NULL;
}

const char *program_names(void)
{
	static char
		names_of_programs[FACTORY_PROGRAMS * (FROZEN_LETTERS + 1) + 1];
	struct message m = { .w = { FACTORY_NAMES },
			     .buffer = names_of_programs,
			     .buffer_size = sizeof(names_of_programs) - 1 };
	if (message_call(CAP_FACTORY, &m) != RC_OK)
		m.length = 0;
	names_of_programs[m.length] = 0;
	return names_of_programs;
}

static void print_program(const char *name, size_t size)
{
	char word[FROZEN_LETTERS + 1];
	string_copy(word, name, MIN(size + 1, sizeof(word)));
	const struct topic *t = find_topic(programs, word);
	if (t)
		printf("  %-29s %s\n", t->use, t->what);
	else
		printf("  %s\n", word);
}

static void print_all(void)
{
	const char *list = program_names();
	print("Commands:\n");
	for (const struct topic *t = commands; t->name; t++)
		printf("  %-29s %s\n", t->use, t->what);
	print("Programs:\n");
	while (*list) {
		size_t size = 0;
		while (list[size] && list[size] != ' ')
			size++;
		print_program(list, size);
		list += size + (list[size] == ' ');
	}
	print("Keys: arrows, Home, End, Delete, Tab to complete (twice to "
	      "list), Ctrl-U and\nCtrl-K to cut, Ctrl-W word, Ctrl-L screen, "
	      "Ctrl-C stop.\n");
}

void help(int argc, char **argv)
{
	const struct topic *t = argc > 1 ? find_topic(commands, argv[1]) : NULL;
	if (!t && argc > 1)
		t = find_topic(programs, argv[1]);
	if (t)
		printf("%s: %s.\n%s\n", t->use, t->what, t->more);
	else if (argc > 1)
		printf("There is no help on %s; `help` lists what there is.\n",
		       argv[1]);
	else
		print_all();
}
