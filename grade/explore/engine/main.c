/*
 * explorer BOUND RUNS RANDOM SEED CHOICES [NAME=NUMBER]...
 *
 * Explores the scenario linked in and writes what came of it, one fact a line,
 * to standard output.  With CHOICES other than - repeats that one run.  The
 * word that makes the verdict genuine is read from standard input when all
 * runs are done.
 */
#include "engine.h"

#include <hal/upcall.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <explore.h>

#define STACK_SIZE (256 << 10)
#define GUARD_SIZE (64 << 10)

struct explorer *explorer;

static char **options; /* NAME=NUMBER, for the scenario */

extern char __data_start[], _end[];

void *allocate(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		abort();
	return p;
}

static void *stack(void)
{
	char *low = allocate(GUARD_SIZE + STACK_SIZE);
	mprotect(low, GUARD_SIZE, PROT_NONE);
	return low + GUARD_SIZE + STACK_SIZE;
}

void model_user(void)
{
	if (scenario.user)
		scenario.user();
}

void model_still(void)
{
	machine.on = false;
	if (scenario.still)
		scenario.still();
	machine.on = true;
}

void explore_trap(void (*f)(void))
{
	machine_trap(f);
}

void explore_end(void)
{
	machine_end();
}

void explore_device(u32 line, u32 times, u32 mask)
{
	machine_add_device(line, times, mask);
}

/* A scenario without interrupts links no handler. */
__attribute__((weak)) void irq_arrived(u64 cause, bool from_user)
{
	failed(WRONG, "interrupt %lu came%s, and no handler is linked in",
	       cause, from_user ? " in user mode" : "");
}

void explore_on(u32 hart)
{
	machine.current = &machine.hart[hart];
}

u64 explore_option(const char *name, u64 otherwise)
{
	size_t n = strlen(name);
	for (char **o = options; o && *o; o++)
		if (strncmp(*o, name, n) == 0 && (*o)[n] == '=')
			return strtoul(*o + n + 1, NULL, 0);
	return otherwise;
}

void explore_quiet(const void *start, size_t size)
{
	words_quiet(start, size);
	state_quiet(start, size);
}

static void set_up(void)
{
	words_init(__data_start, _end,
		   allocate(words_size(__data_start, _end)));
	races_init(__data_start, _end,
		   allocate(races_size(__data_start, _end)));
	order_init(allocate(order_size()));
	aside_init(allocate(aside_size()));
	state_init();
	table_init();
	u32 count = (u32)explore_option("harts", scenario.harts);
	for (u32 i = 0; i < count && i < EXPLORE_HARTS; i++)
		machine_add_hart(stack(), scenario.body[i]);
	machine.current = machine.hart;
	machine.time_ends =
		scenario.time_ends ? scenario.time_ends : TIME_NEVER;
	machine.time_flies = explore_option("time", scenario.time_flies);
	if (!_setjmp(explorer->escape) && scenario.setup)
		scenario.setup();
	state_begin();
}

/* The run of explorer->item, telling what happens; true if it holds. */
static bool run_told(void)
{
	words_take_all(true);
	explorer->mode = REPLAY;
	explorer->shortens = false;
	state_restore_begin();
	model_telling = true;
	state_begin();
	return run_once();
}

static void tell_the_failure(void)
{
	if (!run_told())
		return;
	explorer->failure = WRONG;
	strcpy(explorer->text, "the failure does not repeat: the run depends "
			       "on memory that nobody has written");
}

static void explore(char **args)
{
	u64 seed = strtoul(args[4], NULL, 10);
	if (!search((u32)strtoul(args[1], NULL, 10),
		    strtoul(args[2], NULL, 10))) {
		shorten();
		tell_the_failure();
	} else if (!run_random(strtoul(args[3], NULL, 10), seed)) {
		shrink();
		tell_the_failure();
	}
}

int main(int count, char **args)
{
	char nonce[64] = "";
	bool repeats = count > 5 && strcmp(args[5], "-") != 0;
	explorer = allocate(sizeof(*explorer));
	if (count < 6 || strtoul(args[1], NULL, 10) > BOUND_MAX ||
	    (repeats && !items_parse(args[5])))
		return 2;
	options = args + 6;
	explorer->reduces = explore_option("reduce", 1);
	set_up();
	guard_init();
	if (explorer->failure == HOLDS && repeats)
		run_told();
	else if (explorer->failure == HOLDS)
		explore(args);
	if (read(STDIN_FILENO, nonce, sizeof(nonce) - 1) <= 0)
		nonce[0] = '\0';
	report(nonce);
	report_flush();
	guard_close();
	return 0;
}
