/*
 * Objects that the disk has and memory has not, and helpers that touch them.
 *
 * grade/store/test_fetch.py makes the objects: page i holds the words 1000 * i
 * and on; node i and process i hold the numbers 7000 + i and 9000 + i; node
 * LEAF holds the last page.  The pages have the OIDs 0 to PAGES - 1.
 */
#pragma once

#include "memory.h"

#define KIT_ABSENT 11
#define AREA PLACE
#define TOUCHERS 6
#define CROWD 20 /* more than are woken in one go */

#define PAGES 256
#define LEAF 8
/* Slots of the node `absent`: a node of nodes of pages, a node of nodes, one of
   processes; how slow the disk is; the range of all pages. */
enum { GROUPS, NODES, PROCESSES, SLOW, ALL_PAGES };

/* Each case takes objects that none has touched before. */
static u64 next_page, next_node, next_process;
/* Not for these: pages of one I/O queue, those from STEP on, the last node's. */
#define SHARED 15
#define STEP 64
#define LAST (PAGES - NODE_SLOTS)

static u64 go, done, seen[THREADS_MAX];

/* What stands in slot i of the node at a slot of `absent`; the object itself
   is not touched. */
static void get(u64 slot, u64 i, unsigned to)
{
	CHECK_OK(kit(KIT_ABSENT, to));
	CHECK_OK(node_get(to, slot, to));
	CHECK_OK(node_get(to, i, to));
}

static void get_page(u64 page, unsigned to)
{
	get(GROUPS, page / NODE_SLOTS, to);
	CHECK_OK(node_get(to, page % NODE_SLOTS, to));
}

static u64 fresh_page(unsigned to)
{
	u64 page = next_page++;
	CHECK(page < STEP && page % NODE_SLOTS != SHARED);
	if (next_page % NODE_SLOTS == SHARED)
		next_page++;
	get_page(page, to);
	return page;
}

static u64 word_of(u64 page, u64 i)
{
	return 1000 * page + i;
}

static u64 fetched(enum obj_kind kind)
{
	return disk_look().fetched[kind];
}

static bool is_slow(void)
{
	u64 slow;
	CHECK_OK(kit(KIT_ABSENT, CAP_TMP));
	CHECK_OK(node_get(CAP_TMP, SLOW, CAP_TMP));
	CHECK_OK(number_read(CAP_TMP, &slow));
	return slow;
}

/* The ways to touch: what a process of these numbers sees, of the object in C
   or of the page at AREA.  D holds a page of their own. */
static u64 by_order(u64 me)
{
	u64 word = 0;
	HELPER_CHECK(page_read(CAP_C, 8 * me, &word, 8) == RC_OK);
	return word;
}

static u64 by_load(u64 me)
{
	return load((u64 *)AREA + me);
}

static u64 by_store(u64 me)
{
	store((u64 *)AREA + 100 + me, me);
	return load((u64 *)AREA + me);
}

static u64 by_sending(u64 me)
{
	u64 word = 0;
	HELPER_CHECK(page_write(CAP_D, 8 * me, (u64 *)AREA + me, 8) == RC_OK);
	HELPER_CHECK(page_read(CAP_D, 8 * me, &word, 8) == RC_OK);
	return word;
}

static u64 by_receiving(u64 me)
{
	u64 *to = (u64 *)AREA + 100 + me;
	HELPER_CHECK(page_read(CAP_D, 0, to, 8) == RC_OK);
	return load((u64 *)AREA + me);
}

static u64 by_node(u64 me)
{
	u64 value = 0;
	HELPER_CHECK(node_get(CAP_C, 0, CAP_E) == RC_OK + 0 * me);
	HELPER_CHECK(number_read(CAP_E, &value) == RC_OK);
	return value;
}

static u64 by_process(u64 me)
{
	u64 value = 0;
	struct message m = { .w = { PROC_GET_CAP, CAP_E },
			     .receive = { CAP_E } };
	HELPER_CHECK(message_call(CAP_C, &m) == RC_OK + 0 * me);
	HELPER_CHECK(number_read(CAP_E, &value) == RC_OK);
	return value;
}

static void touch(u64 me, u64 how, u64 w2, u64 w3)
{
	while (!load(&go))
		; /* all at once */
	store(&seen[me], ((u64(*)(u64))how)(me + w2 + w3));
	add(&done, 1);
	thread_rest();
}

/* One more that will touch what is in C, or the page at AREA. */
static u64 toucher(u64 (*how)(u64), unsigned priority)
{
	u64 me = thread_new(touch, priority, CAP_E);
	CHECK_OK(process_set_cap(CAP_E, CAP_C, CAP_C));
	CHECK_OK(process_set_cap(CAP_E, CAP_D, CAP_D));
	CHECK_OK(process_set_cap(CAP_E, CAP_DISCRIM, CAP_DISCRIM));
	store(&seen[me], ~0ul);
	thread_send(CAP_E, me, (u64)how, 0, 0);
	return me;
}

static void begin(void)
{
	store(&go, 0);
	store(&done, 0);
	page_new(CAP_D);
}

static void await(u64 touchers)
{
	store(&go, 1);
	AWAIT(load(&done) == touchers);
}
