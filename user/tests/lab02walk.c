/*
 * A working set larger than memory, looked at and written by several processes
 * in orders of their own.
 */
#include "lab02user.h"

#define WALKERS 4
#define STEPS 60
#define SCRATCH 12 /* pages that each writes */

static u64 done;

/* A page of its own, which nobody had before: written once, or read again. */
static void write_or_read(u64 me, u64 i, u64 round)
{
	u64 word = 0, mine = 100 * me + i + 1;
	HELPER_CHECK(range_make(CAP_A, me * SCRATCH + i, CAP_E) == RC_OK);
	if (round == 0)
		HELPER_CHECK(page_write(CAP_E, 8 * i, &mine, 8) == RC_OK);
	is_right(page_read(CAP_E, 8 * i, &word, 8) == RC_OK && word == mine);
}

static void look(u64 x)
{
	u64 i = x >> 2;
	switch (x % 4) {
	case 0:
		look_at_page(i % PAGES);
		break;
	case 1:
		look_at_node(i % NODES);
		break;
	case 2:
		look_at_process(i % NULL_PROCESSES);
		break;
	default:
		load_from(i % MAPPED);
	}
}

static void walk(u64 me, u64 writes, u64 w2, u64 w3)
{
	struct rand r;
	rand_seed(&r, me + 1 + w2 + w3);
	for (u64 i = 0; i < STEPS; i++) {
		look(rand_next(&r) >> 16);
		if (writes)
			write_or_read(me, i % SCRATCH, i / SCRATCH);
	}
	add(&done, 1);
	thread_rest();
}

static void walkers(u64 writes)
{
	store(&done, 0);
	map_area();
	for (u64 i = 0; i < WALKERS; i++) {
		u64 me = thread_new(walk, MAIN_PRIORITY - 1, CAP_E);
		CHECK_OK(process_set_cap(CAP_E, CAP_A, CAP_PAGES));
		CHECK_OK(process_set_cap(CAP_E, CAP_B, CAP_PROCESSES));
		CHECK_OK(process_set_cap(CAP_E, CAP_C, CAP_C));
		CHECK_OK(process_set_cap(CAP_E, CAP_D, CAP_D));
		CHECK_OK(process_set_cap(CAP_E, CAP_DISCRIM, CAP_DISCRIM));
		thread_send(CAP_E, me, writes, 0, 0);
	}
	AWAIT(load(&done) == WALKERS);
}

static void nothing_is_written(void)
{
	walkers(0);
}

static void some_is_written(void)
{
	walkers(1);
}

static const struct test_case cases[] = {
	{ "more than there is room for", nothing_is_written },
	{ "and some of it is written", some_is_written },
};

int main(void)
{
	ledger_all(cases, ARRAY_SIZE(cases));
}
