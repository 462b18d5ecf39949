/*
 * pressure [PAGES [ROUNDS [SEED]]] | nodes [N [ROUNDS [SEED]]] | processes ...
 *
 * More memory in use than there is, and every byte of it looked at.  A program
 * has room for few pages, so that many pages take several processes: workers,
 * instances of this program too.  Each round all of them fill their pages, one
 * after the other, with a pattern of seed, page and round; and then, the other
 * way round and in another order, look whether it is there.  Nodes and
 * processes are bought and kept in nodes.
 */
#include <abi/inspect.h>
#include <bank.h>
#include <base/fmt.h>
#include <base/string.h>
#include <caps.h>
#include <captable.h>
#include <console.h>
#include <factory.h>
#include <invoke.h>
#include <object.h>
#include <program.h>
#include <text.h>

enum pressure_register {
	CAP_WORKERS = CAP_TABLE, /* a node of nodes: what was bought, too */
	CAP_CALLED = 12,
	CAP_INSPECT = 13,
};

#define GRANT_INSPECTOR 1
#define WORKER_PAGES 128u
#define WORKERS_MOST 15u
#define MANY_MOST (NODE_SLOTS * NODE_SLOTS)
#define WORDS (PAGE_SIZE / sizeof(u64))
#define STRIDE 61u /* prime to every count below: see step() */

enum { FILL, LOOK };

static u64 seed;

/* What stands at a place in a round. */
static u64 pattern(u64 round, u64 place)
{
	u64 x = (seed * 0x9e3779b97f4a7c15ul) ^ (round << 40) ^ place;
	x = (x ^ (x >> 31)) * 0xbf58476d1ce4e5b9ul;
	return x ^ (x >> 29);
}

/* The i-th of `count` to be looked at: each once, not in order. */
static u64 step(u64 i, u64 count)
{
	return count % STRIDE ? i * STRIDE % count : count - 1 - i;
}

/* A worker's own pages. */
static u64 memory[WORKER_PAGES][WORDS] __attribute__((aligned(4096)));

static void fill(u64 pages, u64 first, u64 round)
{
	for (u64 p = 0; p < pages; p++)
		for (u64 i = 0; i < WORDS; i++)
			memory[p][i] = pattern(round, (first + p) * WORDS + i);
}

/* Of the first wrong word that is found: its address, what stands there, and
   what should; address 0: none is. */
static struct words look(u64 pages, u64 first, u64 round)
{
	for (u64 n = 0; n < pages; n++) {
		u64 p = step(n, pages);
		for (u64 i = 0; i < WORDS; i++) {
			u64 wanted = pattern(round, (first + p) * WORDS + i);
			if (memory[p][i] == wanted)
				continue;
			return (struct words){ RC_OK, (u64)&memory[p][i],
					       memory[p][i], wanted };
		}
	}
	return (struct words){ RC_OK, 0, 0, 0 };
}

/* Messages: order, round; the answer to LOOK as look() says. */
static noreturn void work(u64 pages, u64 first)
{
	u64 badge;
	struct words m =
		reply_wait4(CAP_VOID, (struct words){ 0 }, CAP_REPLY, &badge);
	for (;;) {
		struct words answer = { RC_OK, 0, 0, 0 };
		if (m.w0 == FILL)
			fill(pages, first, m.w1);
		else
			answer = look(pages, first, m.w1);
		m = reply_wait4(CAP_REPLY, answer, CAP_REPLY, &badge);
	}
}

/* A table for `count` capabilities. */
static u64 make_table(u64 count)
{
	TRY(bank_buy(OK_NODE, 0, CAP_WORKERS));
	for (unsigned i = 0; i * NODE_SLOTS < count; i++) {
		TRY(bank_buy(OK_NODE, 0, CAP_CALLED));
		TRY(node_set(CAP_WORKERS, i, CAP_CALLED));
	}
	return RC_OK;
}

/* The i-th of the workers that have `pages` together. */
static u64 pages_of(u64 i, u64 pages)
{
	return MIN(pages - i * WORKER_PAGES, WORKER_PAGES);
}

static u64 start_worker(unsigned i, u64 pages)
{
	char line[64];
	struct start s = { .line = line, .server = CAP_CALLED };
	fmt_snprintf(line, sizeof(line), "pressure work %lu %lu %lu",
		     pages_of(i, pages), (u64)i * WORKER_PAGES, seed);
	TRY(factory_start(&s));
	return captable_put(i, CAP_CALLED);
}

static bool call_worker(unsigned i, u64 order, u64 round)
{
	captable_get(i, CAP_CALLED);
	struct words a = call4(CAP_CALLED, order, round, 0, 0);
	if (a.w0 != RC_OK)
		printf("pressure: process %u does not answer: %s\n", i,
		       result_name(a.w0));
	else if (a.w1)
		printf("pressure: WRONG in process %u, round %lu: at 0x%lx "
		       "stands 0x%lx, not 0x%lx\n",
		       i, round, a.w1, a.w2, a.w3);
	return a.w0 == RC_OK && !a.w1;
}

static bool round_of_workers(u64 workers, u64 round)
{
	for (u64 i = 0; i < workers; i++)
		if (!call_worker((unsigned)i, FILL, round))
			return false;
	for (u64 i = workers; i-- > 0;)
		if (!call_worker((unsigned)i, LOOK, round))
			return false;
	return true;
}

/* Nodes and processes: the i-th has the pattern in a slot, or a register. */

static u64 fill_one(enum obj_kind kind, u64 i, u64 round)
{
	struct proc_regs regs = { .pc = pattern(round, i) };
	TRY(captable_get((unsigned)i, CAP_CALLED));
	if (kind == OK_NODE)
		return node_set_number(CAP_CALLED, i % NODE_SLOTS,
				       pattern(round, i));
	regs.x[1 + i % 31] = ~pattern(round, i);
	return process_set_regs(CAP_CALLED, &regs);
}

static u64 read_one(enum obj_kind kind, u64 i, u64 *value)
{
	struct proc_regs regs;
	TRY(captable_get((unsigned)i, CAP_CALLED));
	if (kind == OK_NODE) {
		TRY(node_get(CAP_CALLED, i % NODE_SLOTS, CAP_CALLED));
		return number_read(CAP_CALLED, value);
	}
	TRY(process_get_regs(CAP_CALLED, &regs));
	*value = regs.x[1 + i % 31] == ~regs.pc ? regs.pc : ~regs.pc;
	return RC_OK;
}

static bool round_of_objects(enum obj_kind kind, u64 count, u64 round)
{
	u64 result = RC_OK, value = 0;
	for (u64 i = 0; i < count && result == RC_OK; i++)
		result = fill_one(kind, i, round);
	for (u64 n = 0; n < count && result == RC_OK; n++) {
		u64 i = step(n, count);
		result = read_one(kind, i, &value);
		if (result != RC_OK || value == pattern(round, i))
			continue;
		printf("pressure: WRONG: number %lu has 0x%lx in round %lu, "
		       "not 0x%lx\n",
		       i, value, round, pattern(round, i));
		return false;
	}
	if (result != RC_OK)
		printf("pressure: %s\n", result_name(result));
	return result == RC_OK;
}

static u64 buy(enum obj_kind kind, u64 count)
{
	TRY(make_table(count));
	for (unsigned i = 0; i < count; i++) {
		TRY(bank_buy(kind, 0, CAP_CALLED));
		if (kind == OK_PROCESS)
			TRY(process_stop(CAP_CALLED, CAP_VOID));
		TRY(captable_put(i, CAP_CALLED));
	}
	return RC_OK;
}

/* What the kernel has of it, from its table of pools, and what was brought in
   from the disk. */

static u64 pool_size(const char *name)
{
	struct inspect_pool pool;
	for (u64 i = 0;; i++) {
		u64 index = i;
		if (inspect(CAP_INSPECT, INSPECT_POOL, &index, 0, &pool,
			    sizeof(pool)) != RC_OK)
			return 0;
		if (strcmp(pool.name, name) == 0)
			return pool.size;
	}
}

static u64 brought_in(enum obj_kind kind)
{
	struct inspect_disk disk = { 0 };
	u64 index = 0;
	inspect(CAP_INSPECT, INSPECT_DISK, &index, 0, &disk, sizeof(disk));
	return disk.fetched[kind];
}

static int run(enum obj_kind kind, u64 count, u64 rounds)
{
	static const char *const names[] = { "pages", "nodes", "processes" };
	u64 workers = (count + WORKER_PAGES - 1) / WORKER_PAGES;
	u64 before = brought_in(kind);
	printf("%lu %s in use; the machine has room for %lu\n", count,
	       names[kind], pool_size(names[kind]));
	for (u64 round = 1; round <= rounds; round++) {
		bool good = kind == OK_PAGE
				    ? round_of_workers(workers, round)
				    : round_of_objects(kind, count, round);
		if (!good)
			return 1;
		u64 now = brought_in(kind);
		printf("round %lu: all as it was written; %lu were brought "
		       "in\n",
		       round, now - before);
		before = now;
	}
	return 0;
}

static u64 prepare(enum obj_kind kind, u64 count)
{
	if (kind != OK_PAGE)
		return buy(kind, count);
	TRY(make_table(WORKERS_MOST));
	for (unsigned i = 0; i * WORKER_PAGES < count; i++)
		TRY(start_worker(i, count));
	return RC_OK;
}

static enum obj_kind kind_of(const char *word)
{
	return strcmp(word, "nodes") == 0       ? OK_NODE
	       : strcmp(word, "processes") == 0 ? OK_PROCESS
						: OK_PAGE;
}

int main(int argc, char **argv)
{
	static const u64 most[] = { WORKERS_MOST * WORKER_PAGES, MANY_MOST,
				    50 };
	if (argc == 5 && strcmp(argv[1], "work") == 0) {
		seed = text_argument(argc, argv, 4, 0);
		work(text_argument(argc, argv, 2, 0),
		     text_argument(argc, argv, 3, 0));
	}
	enum obj_kind kind = argc > 1 ? kind_of(argv[1]) : OK_PAGE;
	int at = kind == OK_PAGE ? 1 : 2;
	u64 count = text_argument(argc, argv, at, most[kind] / 2);
	u64 rounds = text_argument(argc, argv, at + 1, 3);
	seed = text_argument(argc, argv, at + 2, 1);
	if (count == 0 || count > most[kind]) {
		printf("pressure: 1 to %lu of these\n", most[kind]);
		return 1;
	}
	if (node_get(CAP_GRANT, GRANT_INSPECTOR, CAP_INSPECT) != RC_OK)
		print("pressure: no inspector was granted: no figures\n");
	u64 result = prepare(kind, count);
	if (result == RC_OK)
		return run(kind, count, rounds);
	printf("pressure: no room for so many: %s\n", result_name(result));
	return 1;
}
