/*
 * Lab 3: orders on two objects: which may be one, may be named in either
 * order, and may be destroyed while somebody is under way to them.
 */
#include "lab03user.h"

#define SHARERS 3
#define ROUNDS 30
#define LIVES 24

static void one_object_in_two_roles(void)
{
	page_new(CAP_A);
	node_new(SPAN_MIN, CAP_B);
	page_set_word(CAP_A, 8, 7);
	CHECK_EQ(page_copy(CAP_A, CAP_A), RC_ALIASED);
	CHECK_EQ(node_copy(CAP_B, CAP_B), RC_ALIASED);
	CHECK_EQ(page_word(CAP_A, 8), 7);
}

/* A void object is told from a void argument; nothing is changed. */
static void one_of_two_is_gone(void)
{
	u64 first = page_new(CAP_A);
	u64 second = page_new(CAP_B);
	page_set_word(CAP_A, 8, 7);
	CHECK_OK(object_destroy(OK_PAGE, second));
	CHECK_EQ(page_copy(CAP_A, CAP_B), RC_CAPTYPE);
	CHECK_EQ(page_word(CAP_A, 8), 7);
	CHECK_OK(range_make(CAP_PAGES, second, CAP_B));
	CHECK_OK(object_destroy(OK_PAGE, first));
	CHECK_EQ(page_copy(CAP_A, CAP_B), RC_VOID);
	CHECK_EQ(page_word(CAP_B, 8), 0);
}

static void copy_crosswise(u64 me, u64 rounds, u64 w2, u64 w3)
{
	for (u64 i = 0; i < rounds + w2 + w3; i++) {
		bool forth = (i + me) & 1;
		is_right(page_copy(forth ? CAP_A : CAP_B,
				   forth ? CAP_B : CAP_A) == RC_OK);
		is_right(node_copy(forth ? CAP_C : CAP_D,
				   forth ? CAP_D : CAP_C) == RC_OK);
	}
	sharer_done();
}

static void two_objects_in_opposite_orders(void)
{
	page_new(CAP_A);
	page_new(CAP_B);
	node_new(SPAN_MIN, CAP_C);
	node_new(SPAN_MIN, CAP_D);
	for (u64 i = 0; i < SHARERS; i++)
		sharer(copy_crosswise, ROUNDS);
	AWAIT(load(&done) == SHARERS);
}

/* Writes and copies the page that the node in C names now. */
static void use_what_is_there(u64 me, u64 w1, u64 w2, u64 w3)
{
	u64 word = 1 + me + w1 + w2 + w3;
	for (u64 i = 0; !load(&stop); i++) {
		is_right(node_get(CAP_C, 0, CAP_A) == RC_OK);
		u64 result = i & 1 ?
			page_copy(CAP_B, CAP_A) :
			page_write(CAP_A, 8 * (i % WORDS), &word, 8);
		is_right(result == RC_OK || result == RC_VOID ||
			 result == RC_CAPTYPE);
		add(&begun, 1);
	}
	sharer_done();
}

/*
 * The page is destroyed again and again.  What stands in it right after that
 * nobody has put there: all others have capabilities to its past lives.
 */
static void destroyed_under_way(void)
{
	static u64 words[WORDS];
	u64 page = page_new(CAP_A);
	page_new(CAP_B);
	node_new(SPAN_MIN, CAP_C);
	for (u64 i = 0; i < SHARERS; i++)
		sharer(use_what_is_there, i);
	for (u64 i = 0; i < LIVES; i++) {
		AT("life %lu", i);
		u64 before = load(&begun);
		CHECK_OK(node_set(CAP_C, 0, CAP_A));
		AWAIT(load(&begun) > before + SHARERS);
		CHECK_OK(object_destroy(OK_PAGE, page));
		CHECK_OK(range_make(CAP_PAGES, page, CAP_A));
		CHECK_OK(page_read(CAP_A, 0, words, sizeof(words)));
		CHECK_EQ(words[0], 0);
		CHECK(all_equal(words, WORDS));
	}
	AT_NONE();
	store(&stop, 1);
	AWAIT(load(&done) == SHARERS);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "one object in two roles", one_object_in_two_roles },
		{ "one of two is gone", one_of_two_is_gone },
		{ "two objects, in opposite orders",
		  two_objects_in_opposite_orders },
		{ "destroyed while somebody is under way",
		  destroyed_under_way },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
