/*
 * Lab 3: processes on several harts read, write, copy and exchange the same
 * objects.  Each order sees an object as a whole, and none is lost.
 */
#include "lab03user.h"

#define SHARERS 4
#define ROUNDS 40
#define TOKENS 4

/* Writes one word all over a page, then reads one: all of it is equal. */
static void write_and_read(u64 me, u64 rounds, u64 w2, u64 w3)
{
	u64 words[WORDS / 4]; /* of a page; what a helper's stack has room for */
	for (u64 i = 0; i < rounds + w2 + w3; i++) {
		unsigned page = (i ^ me) & 1 ? CAP_A : CAP_B;
		for (u64 k = 0; k < ARRAY_SIZE(words); k++)
			words[k] = me << 32 | i;
		is_right(page_write(page, 0, words, sizeof(words)) == RC_OK);
		is_right(page_read(page, 0, words, sizeof(words)) == RC_OK &&
			 all_equal(words, ARRAY_SIZE(words)));
	}
	sharer_done();
}

static void pages_are_read_and_written(void)
{
	page_new(CAP_A);
	page_new(CAP_B);
	for (u64 i = 0; i < SHARERS; i++)
		sharer(write_and_read, ROUNDS);
	AWAIT(load(&done) == SHARERS);
}

/* Copies one onto the other, forth and back, and looks at a part of each. */
static void copy_and_read(u64 me, u64 rounds, u64 w2, u64 w3)
{
	u64 words[WORDS / 8];
	for (u64 i = 0; i < rounds + w2 + w3; i++) {
		bool forth = (i ^ me) & 1;
		unsigned to = forth ? CAP_A : CAP_B, from = forth ? CAP_B : CAP_A;
		is_right(page_copy(to, from) == RC_OK);
		is_right(page_read(to, 0, words, sizeof(words)) == RC_OK &&
			 all_equal(words, ARRAY_SIZE(words)));
		is_right(node_copy(forth ? CAP_C : CAP_D,
				   forth ? CAP_D : CAP_C) == RC_OK);
	}
	sharer_done();
}

/* The test writes meanwhile, whole pages. */
static void pages_are_copied(void)
{
	static u64 words[WORDS];
	page_new(CAP_A);
	page_new(CAP_B);
	node_new(SPAN_MIN, CAP_C);
	node_new(SPAN_MIN, CAP_D);
	for (u64 i = 0; i < SHARERS; i++)
		sharer(copy_and_read, ROUNDS);
	for (u64 i = 0; load(&done) < SHARERS; i++) {
		for (u64 k = 0; k < WORDS; k++)
			words[k] = i;
		CHECK_OK(page_write(i & 1 ? CAP_A : CAP_B, 0, words,
				    sizeof(words)));
		CHECK_OK(page_read(i & 2 ? CAP_A : CAP_B, 0, words,
				   sizeof(words)));
		CHECK(all_equal(words, WORDS));
		CHECK_OK(node_set_number(i & 1 ? CAP_C : CAP_D, i % NODE_SLOTS,
					 i));
		pause();
	}
}

static u64 swap(unsigned node, u64 slot, unsigned reg)
{
	struct message m = { .w = { NODE_SWAP, slot }, .send = { (u8)reg },
			     .receive = { (u8)reg } };
	return message_call(node, &m);
}

/* Takes up and puts down, in one of two nodes; at the end, in its own place. */
static void swap_tokens(u64 me, u64 rounds, u64 w2, u64 w3)
{
	for (u64 i = 0; i < rounds + w2 + w3; i++)
		is_right(swap((i ^ me) & 1 ? CAP_A : CAP_B, (i * 5 + me) % TOKENS,
			      CAP_C) == RC_OK);
	is_right(node_set(CAP_A, 8 + me % 8, CAP_C) == RC_OK);
	sharer_done();
}

static u64 sum_of(unsigned node)
{
	u64 sum = 0;
	for (unsigned i = 0; i < NODE_SLOTS; i++) {
		u64 value = 0;
		CHECK_OK(node_get(node, i, CAP_C));
		number_read(CAP_C, &value);
		sum += value;
	}
	return sum;
}

static void tokens_are_exchanged(void)
{
	node_new(SPAN_MIN, CAP_A);
	node_new(SPAN_MIN, CAP_B);
	for (u64 i = 0; i < TOKENS; i++) {
		CHECK_OK(node_set_number(CAP_A, (unsigned)i, 1ul << (8 * i)));
		CHECK_OK(node_set_number(CAP_B, (unsigned)i, 1ul << (8 * i + 4)));
	}
	CHECK_OK(node_get(CAP_A, TOKENS, CAP_C));
	for (u64 i = 0; i < SHARERS; i++)
		sharer(swap_tokens, ROUNDS);
	AWAIT(load(&done) == SHARERS);
	CHECK_EQ(sum_of(CAP_A) + sum_of(CAP_B), 0x11111111);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "pages are read and written", pages_are_read_and_written },
		{ "pages and nodes are copied", pages_are_copied },
		{ "slots are exchanged", tokens_are_exchanged },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
