/*
 * Bench: mappings, objects that many others name, and spaces, as operations
 * that a trace can tell.
 */
#pragma once

#include "benchorders.h"

#define AREA PLACE /* a node's worth of pages: 64 KiB */

/* Memory: a spare leaf node in A, a spare page in B that fills it, the root of
   this space in C. */

static void ready_unmapped(void)
{
	ready_gone();
	CHECK_OK(range_make(CAP_NODES, SPARE, CAP_A));
	CHECK_OK(node_set_span(CAP_A, LEAF_SPAN));
	CHECK_OK(range_make(CAP_PAGES, SPARE, CAP_B));
	CHECK_OK(kit(KIT_SPACE, CAP_C));
	fill_node(CAP_A, CAP_B);
	CHECK_OK(node_set(CAP_C, ROOT_SLOT(AREA), CAP_A));
}

static void ready_mapped(void)
{
	ready_unmapped();
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		device_read8(AREA + i * PAGE_SIZE);
}

static void op_touch(void)
{
	device_read8(AREA);
}

static void op_unmap_page(void)
{
	node_set(CAP_A, 0, CAP_VOID);
}

static void op_unmap_node(void)
{
	call4(CAP_A, NODE_CLEAR, 0, 0, 0);
}

static void op_unmap_tree(void)
{
	node_set(CAP_C, ROOT_SLOT(AREA), CAP_VOID);
}

static void op_destroy_mapped_page(void)
{
	range_destroy(CAP_PAGES, SPARE);
}

static void op_destroy_mapped_node(void)
{
	range_destroy(CAP_NODES, SPARE);
}

/* A page that many capabilities name: six nodes full, in a node in D. */

#define NAMING_NODES 6

static void make_named(void)
{
	node_new(LEAF_SPAN, CAP_D);
	for (unsigned i = 0; i < NAMING_NODES; i++) {
		node_new(LEAF_SPAN, CAP_C);
		CHECK_OK(node_set(CAP_D, i, CAP_C));
	}
}

static void ready_named(void)
{
	ready_made();
	CHECK_OK(node_get(CAP_D, 0, CAP_B));
	fill_node(CAP_B, CAP_A);
	for (unsigned i = 1; i < NAMING_NODES; i++) {
		CHECK_OK(node_get(CAP_D, i, CAP_C));
		CHECK_OK(node_copy(CAP_C, CAP_B));
	}
}

static void op_destroy_named_page(void)
{
	range_destroy(CAP_PAGES, SPARE);
}

/* A helper in a space nobody has been in: its root is the spare node. */

static void answer_words(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;)
		message_reply_wait(CAP_E, &m);
}

static void make_fresh(void)
{
	thread_new(answer_words, MAIN_PRIORITY, CAP_A);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_D));
}

static void ready_fresh(void)
{
	ready_gone();
	CHECK_OK(range_make(CAP_NODES, SPARE, CAP_B));
	CHECK_OK(kit(KIT_SPACE, CAP_C));
	CHECK_OK(node_copy(CAP_B, CAP_C));
	CHECK_OK(node_set_span(CAP_B, ROOT_SPAN));
	CHECK_OK(process_set_slot(CAP_A, PS_SPACE, CAP_B));
	thread_restart(CAP_A, 0, answer_words);
}

static void op_space_enter(void)
{
	call4(CAP_D, 0, 0, 0, 0);
}

static void ready_entered(void)
{
	ready_fresh();
	op_space_enter();
}

static void op_space_destroy(void)
{
	range_destroy(CAP_NODES, SPARE);
}
