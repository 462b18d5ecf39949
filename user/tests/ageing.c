/*
 * A working set larger than memory: pages, nodes and processes that nobody
 * changes come and go, and whoever looks sees what it must.
 *
 * grade/store/test_ageing.py makes the objects: page i holds the words 1000 * i
 * and on, node i the number 7000 + i, and processes of the range `rest` are
 * null ones; and it makes the pools smaller than that.
 */
#include <base/rand.h>

#include "memory.h"

#define KIT_FAR 11
#define PAGES 256
#define NODES 208
#define NULL_PROCESSES 24 /* of the range, behind those of the helpers */
#define FIRST_NULL 24
#define WALKERS 4
#define AREA PLACE
#define AREA_GROUPS 5

/* Slots of the node `far`: nodes of nodes of pages, and of nodes; how many
   steps each walker goes. */
enum { GROUPS, LEAFS, STEPS };

static u64 done;

static u64 far(u64 slot, unsigned to)
{
	CHECK_OK(kit(KIT_FAR, to));
	return node_get(to, slot, to);
}

static u64 steps(void)
{
	u64 n;
	CHECK_OK(far(STEPS, CAP_TMP));
	CHECK_OK(number_read(CAP_TMP, &n));
	return n;
}

/* The walkers hold the groups in C, the leafs in D. */
static void look_at_page(u64 i)
{
	u64 word = 0;
	HELPER_CHECK(node_get(CAP_C, i / NODE_SLOTS, CAP_E) == RC_OK);
	HELPER_CHECK(node_get(CAP_E, i % NODE_SLOTS, CAP_E) == RC_OK);
	HELPER_CHECK(page_read(CAP_E, 8 * (i % 512), &word, 8) == RC_OK);
	HELPER_CHECK(word == 1000 * i + i % 512);
}

static void look_at_node(u64 i)
{
	u64 value = 0;
	HELPER_CHECK(node_get(CAP_D, i / NODE_SLOTS, CAP_E) == RC_OK);
	HELPER_CHECK(node_get(CAP_E, i % NODE_SLOTS, CAP_E) == RC_OK);
	HELPER_CHECK(node_get(CAP_E, 3, CAP_E) == RC_OK);
	HELPER_CHECK(number_read(CAP_E, &value) == RC_OK);
	HELPER_CHECK(value == 7000 + i);
}

/* Found, but not changed. */
static void look_at_process(u64 i)
{
	u64 offset = 0;
	HELPER_CHECK(range_make(CAP_B, FIRST_NULL + i, CAP_E) == RC_OK);
	HELPER_CHECK(range_identify(CAP_B, CAP_E, &offset) == RC_OK);
	HELPER_CHECK(offset == FIRST_NULL + i);
}

static void load_from(u64 i)
{
	u64 *page = (u64 *)(AREA + i * PAGE_SIZE);
	HELPER_CHECK(load(page + i) == 1000 * i + i);
}

static void walk(u64 me, u64 n, u64 what, u64 w3)
{
	struct rand r;
	rand_seed(&r, me + 1);
	for (u64 i = 0; i < n + 0 * w3; i++) {
		u64 x = rand_next(&r) >> 16;
		switch (what < 4 ? what : x % 4) {
		case 0:
			look_at_page((x >> 2) % PAGES);
			break;
		case 1:
			look_at_node((x >> 2) % NODES);
			break;
		case 2:
			look_at_process((x >> 2) % NULL_PROCESSES);
			break;
		default:
			load_from((x >> 2) % (AREA_GROUPS * NODE_SLOTS));
		}
	}
	add(&done, 1);
	thread_rest();
}

/* The first pages are mapped, by the nodes that hold them. */
static void map_area(void)
{
	CHECK_OK(far(GROUPS, CAP_C));
	for (u64 i = 0; i < AREA_GROUPS; i++) {
		CHECK_OK(node_get(CAP_C, i, CAP_A));
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(AREA + i * NODE_SLOTS *
						     PAGE_SIZE), CAP_A));
	}
}

static void walkers(u64 what)
{
	store(&done, 0);
	map_area();
	CHECK_OK(far(LEAFS, CAP_D));
	for (u64 i = 0; i < WALKERS; i++) {
		u64 me = thread_new(walk, MAIN_PRIORITY - 1, CAP_E);
		CHECK_OK(process_set_cap(CAP_E, CAP_B, CAP_PROCESSES));
		CHECK_OK(process_set_cap(CAP_E, CAP_C, CAP_C));
		CHECK_OK(process_set_cap(CAP_E, CAP_D, CAP_D));
		CHECK_OK(process_set_cap(CAP_E, CAP_DISCRIM, CAP_DISCRIM));
		thread_send(CAP_E, me, steps(), what, 0);
	}
	AWAIT(load(&done) == WALKERS);
}

static void pages_by_order(void)
{
	walkers(0);
}

static void nodes(void)
{
	walkers(1);
}

static void processes(void)
{
	walkers(2);
}

static void pages_by_load(void)
{
	walkers(3);
}

static void all_at_once(void)
{
	walkers(4);
}

static struct inspect_pool pool(const char *name)
{
	struct inspect_pool p = { .name = "" };
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	for (u64 i = 0, at = 0; strcmp(p.name, name) != 0; at = ++i)
		CHECK_OK(inspect(CAP_TMP, INSPECT_POOL, &at, 0, &p, sizeof(p)));
	return p;
}

static void no_more_is_in_use_than_there_is(void)
{
	CHECK(pool("pages").used <= pool("pages").size);
	CHECK(pool("nodes").used <= pool("nodes").size);
	CHECK(pool("processes").used <= pool("processes").size);
}

/* All is quiet: what is pinned, this invocation has pinned. */
static void pins_release_themselves(void)
{
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	for (u64 kind = 0; kind < OK_COUNT; kind++) {
		struct inspect_object o;
		u64 pinned = 0;
		for (u64 i = 0, at = 0; inspect(CAP_TMP, INSPECT_OBJECT, &at,
						kind, &o, sizeof(o)) == RC_OK;
		     at = ++i)
			pinned += o.pins != 0;
		AT("%lu objects of kind %lu", pinned, kind);
		CHECK(pinned <= 8);
	}
}

static const struct test_case cases[] = {
	{ "pages are read", pages_by_order },
	{ "nodes are read", nodes },
	{ "processes are found", processes },
	{ "mapped pages are read", pages_by_load },
	{ "all at once", all_at_once },
	{ "no more is in use than there is", no_more_is_in_use_than_there_is },
	{ "pins release themselves", pins_release_themselves },
};

int main(void)
{
	test_all(cases, ARRAY_SIZE(cases));
}
