/*
 * Journalled pages (abi/orders.h: CKPT_JOURNAL): sequence numbers, what is
 * durable when, several at once, beside a checkpoint.  That the pages outlive
 * the power the grader sees on the disk: the last case leaves page 0 of the
 * range with LAST in every word, journalled, and no checkpoint after it.
 */
#include <checkpoint.h>

#include "memory.h"

#define CAP_CKPT CAP_D
#define PAGES 6
#define WRITERS 4
#define WRITES 8
#define LAST 0x4c41535421ul

static u64 words[PAGE_SIZE / sizeof(u64)];

static u64 journaled(void)
{
	struct ckpt_status s;
	CHECK_OK(ckpt_status(CAP_CKPT, &s));
	return s.journaled;
}

static void begin_case(void)
{
	CHECK_OK(kit(KIT_CHECKPOINT, CAP_CKPT));
	CHECK_OK(ckpt_interval(CAP_CKPT, 0));
}

static void numbers_count_on(void)
{
	begin_case();
	u64 before = journaled(), number;
	page_new(CAP_A);
	for (u64 i = 1; i <= 5; i++) {
		page_set_word(CAP_A, 8 * i, i);
		CHECK_OK(ckpt_journal(CAP_CKPT, CAP_A, &number));
		CHECK(number > before);
		CHECK(journaled() >= number);
		CHECK_EQ(page_word(CAP_A, 8 * i), i);
		before = number;
	}
}

/* An unchanged page may be journalled, too. */
static void a_clean_page(void)
{
	begin_case();
	u64 number, second, newest;
	page_new(CAP_A);
	page_set_word(CAP_A, 0, 7);
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	CHECK_OK(ckpt_journal(CAP_CKPT, CAP_A, &number));
	CHECK_OK(ckpt_journal(CAP_CKPT, CAP_A, &second));
	CHECK(second >= number);
	CHECK_EQ(page_word(CAP_A, 0), 7);
}

static void several_under_way(void)
{
	begin_case();
	u64 number[PAGES];
	for (u64 i = 0; i < PAGES; i++) {
		page_new(CAP_A);
		page_set_word(CAP_A, 0, i);
		CHECK_OK(ckpt_journal_begin(CAP_CKPT, CAP_A, &number[i]));
		CHECK(i == 0 || number[i] > number[i - 1]);
	}
	for (u64 i = PAGES; i-- > 0;) {
		CHECK_OK(ckpt_journal_await(CAP_CKPT, number[i]));
		CHECK(journaled() >= number[i]);
	}
	CHECK_OK(ckpt_journal_await(CAP_CKPT, 0));
}

/* Changed again while it is on its way: both are right. */
static void changed_while_it_is_written(void)
{
	begin_case();
	u64 first, second;
	page_new(CAP_A);
	page_set_word(CAP_A, 0, 1);
	CHECK_OK(ckpt_journal_begin(CAP_CKPT, CAP_A, &first));
	page_set_word(CAP_A, 0, 2);
	CHECK_OK(ckpt_journal_begin(CAP_CKPT, CAP_A, &second));
	CHECK(second > first);
	CHECK_OK(ckpt_journal_await(CAP_CKPT, second));
	CHECK(journaled() >= second);
	CHECK_EQ(page_word(CAP_A, 0), 2);
}

/* Between a checkpoint's snapshot and its commit. */
static void beside_a_checkpoint(void)
{
	begin_case();
	u64 generation, newest, number;
	for (u64 i = 0; i < PAGES; i++) {
		page_new(CAP_A);
		page_set_word(CAP_A, 0, i);
	}
	for (u64 i = 0; i < 4; i++) {
		CHECK_OK(ckpt_begin(CAP_CKPT, &generation));
		page_set_word(CAP_A, 8, i);
		CHECK_OK(ckpt_journal(CAP_CKPT, CAP_A, &number));
		CHECK_OK(ckpt_await(CAP_CKPT, generation, &newest));
		CHECK_EQ(page_word(CAP_A, 8), i);
	}
}

static u64 writers_left, writes_failed;

static void writer(u64 offset, u64 w1, u64 w2, u64 w3)
{
	u64 number, last = 0;
	(void)w1, (void)w2, (void)w3;
	bool good = range_make(CAP_PAGES, offset, CAP_C) == RC_OK;
	for (u64 i = 0; i < WRITES && good; i++) {
		u64 word = offset << 32 | i;
		good = page_write(CAP_C, 0, &word, sizeof(word)) == RC_OK &&
		       ckpt_journal(CAP_CKPT, CAP_C, &number) == RC_OK &&
		       number > last;
		last = number;
	}
	add(&writes_failed, !good);
	add(&writers_left, -1ul);
	thread_rest();
}

static void several_writers(void)
{
	begin_case();
	writers_left = WRITERS;
	writes_failed = 0;
	for (u64 i = 0; i < WRITERS; i++)
		page_new(CAP_A);
	for (u64 i = 0; i < WRITERS; i++) {
		u64 thread = thread_new(writer, MAIN_PRIORITY - 1, CAP_A);
		CHECK_OK(process_set_cap(CAP_A, CAP_PAGES, CAP_PAGES));
		CHECK_OK(process_set_cap(CAP_A, CAP_CKPT, CAP_CKPT));
		thread_send(CAP_A, thread, 0, 0, 0);
	}
	AWAIT(load(&writers_left) == 0);
	CHECK_EQ(load(&writes_failed), 0);
	for (u64 i = 0; i < WRITERS; i++) {
		CHECK_OK(range_make(CAP_PAGES, i, CAP_A));
		CHECK_EQ(page_word(CAP_A, 0), i << 32 | (WRITES - 1));
	}
}

/* A capability that does not let its holder write may still make durable what
   stands there. */
static void through_a_readonly_capability(void)
{
	begin_case();
	u64 number;
	page_new(CAP_A);
	page_set_word(CAP_A, 0, 3);
	CHECK_OK(page_readonly(CAP_A, CAP_B));
	u64 result = ckpt_journal_begin(CAP_CKPT, CAP_B, &number);
	CHECK(result == RC_OK || result == RC_RIGHTS);
	CHECK_EQ(page_word(CAP_A, 0), 3);
}

static void the_last_is_on_the_disk(void)
{
	begin_case();
	u64 newest, number;
	CHECK_EQ(page_new(CAP_A), 0);
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = LAST;
	CHECK_OK(page_write(CAP_A, 0, words, PAGE_SIZE));
	CHECK_OK(ckpt_journal(CAP_CKPT, CAP_A, &number));
	printf("# journalled: number %lu, generation %lu\n", number, newest);
	test.made[OK_PAGE] = 0; /* it outlives the case */
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "numbers count on", numbers_count_on },
		{ "a clean page", a_clean_page },
		{ "several under way", several_under_way },
		{ "changed while it is written", changed_while_it_is_written },
		{ "beside a checkpoint", beside_a_checkpoint },
		{ "several writers", several_writers },
		{ "through a read-only capability",
		  through_a_readonly_capability },
		{ "the last is on the disk", the_last_is_on_the_disk },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
