/*
 * Memory that tests make and take away: addresses of the tests' own space
 * that no program uses, and what stands there.
 */
#pragma once

#include "thread.h"

/* Nothing of the program is above here, nothing of the manifest below. */
#define PLACE 0x60000
#define PLACE_END WINDOW

/*
 * Puts a node of span 12 over the 16 pages from an address on (a multiple of
 * 64 KiB), and leaves it in a register.
 */
static inline void place_new(u64 address, unsigned to)
{
	node_new(LEAF_SPAN, to);
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(address), to));
}

/* Puts a capability into the page's place under such a node. */
static inline void place(u64 address, unsigned leaf, unsigned from)
{
	CHECK_OK(node_set(leaf, LEAF_SLOT(address), from));
}

static inline u64 page_readonly(unsigned page, unsigned to)
{
	struct message m = { .w = { PAGE_READONLY }, .receive = { (u8)to } };
	return message_call(page, &m);
}

static inline u64 page_word(unsigned page, u64 offset)
{
	u64 word;
	CHECK_OK(page_read(page, offset, &word, sizeof(word)));
	return word;
}

static inline void page_set_word(unsigned page, u64 offset, u64 word)
{
	CHECK_OK(page_write(page, offset, &word, sizeof(word)));
}
