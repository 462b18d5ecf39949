/*
 * Lab 2's test programs: the ledger, and objects that the disk has and memory
 * does not.  grade/lab02/evidence.py makes them: page i holds the words
 * 1000 * i and on, node i the number 7000 + i in slot 3.
 */
#pragma once

#include <base/rand.h>

#include "lab02.h"
#include "memory.h"

/* Where the manifests map the ledger. */
#define LEDGER (WINDOW + 0x1000)

#define KIT_FAR 11
#define PAGES 96
#define NODES 64
#define NULL_PROCESSES 16 /* of the range, behind those of the helpers */
#define FIRST_NULL 16
#define AREA PLACE
#define MAPPED (3 * NODE_SLOTS) /* pages at AREA, the first ones */

/* Slots of the node `far`: nodes of nodes of pages, and of nodes. */
enum { GROUPS, LEAFS };

static volatile struct ledger *const ledger = (volatile struct ledger *)LEDGER;

static inline void is_right(bool right)
{
	HELPER_CHECK(right);
	__atomic_fetch_add(&ledger->checks, right, __ATOMIC_RELAXED);
}

static inline void get_far(u64 slot, unsigned to)
{
	CHECK_OK(kit(KIT_FAR, to));
	CHECK_OK(node_get(to, slot, to));
}

/* Who looks has the groups in C and the leafs in D. */
static inline void look_at_page(u64 i)
{
	u64 word = 0;
	is_right(node_get(CAP_C, i / NODE_SLOTS, CAP_E) == RC_OK &&
		 node_get(CAP_E, i % NODE_SLOTS, CAP_E) == RC_OK &&
		 page_read(CAP_E, 8 * (i % 512), &word, 8) == RC_OK &&
		 word == 1000 * i + i % 512);
}

static inline void look_at_node(u64 i)
{
	u64 value = 0;
	is_right(node_get(CAP_D, i / NODE_SLOTS, CAP_E) == RC_OK &&
		 node_get(CAP_E, i % NODE_SLOTS, CAP_E) == RC_OK &&
		 node_get(CAP_E, 3, CAP_E) == RC_OK &&
		 number_read(CAP_E, &value) == RC_OK && value == 7000 + i);
}

/* Found, but not changed.  The range is in B. */
static inline void look_at_process(u64 i)
{
	u64 offset = 0;
	is_right(range_make(CAP_B, FIRST_NULL + i, CAP_E) == RC_OK &&
		 range_identify(CAP_B, CAP_E, &offset) == RC_OK &&
		 offset == FIRST_NULL + i);
}

static inline void load_from(u64 i)
{
	u64 *page = (u64 *)(AREA + i * PAGE_SIZE);
	is_right(load(page + i) == 1000 * i + i);
}

/* The first pages, by the nodes that hold them. */
static inline void map_area(void)
{
	get_far(GROUPS, CAP_C);
	get_far(LEAFS, CAP_D);
	for (u64 i = 0; i < MAPPED; i += NODE_SLOTS) {
		CHECK_OK(node_get(CAP_C, i / NODE_SLOTS, CAP_A));
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(AREA + i * PAGE_SIZE),
				  CAP_A));
	}
}

/* The processes' range, for who looks in this process. */
static inline void get_processes(void)
{
	struct message m = { .w = { RANGE_SPLIT, 0, FIRST_NULL + NULL_PROCESSES },
			     .receive = { CAP_B } };
	CHECK_OK(message_call(CAP_PROCESSES, &m));
}

/* Ends the machine when all cases are done. */
static inline noreturn void ledger_all(const struct test_case *cases,
				       unsigned count)
{
	u32 status = test_table(cases, count, NULL);
	ledger->finished = LEDGER_MAGIC;
	test_end(status);
}
