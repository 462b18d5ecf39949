/*
 * A thousand transactions, each of which finds a few objects; and processes
 * that take turns, so that harts dispatch, and idle.
 */
#include "lab02user.h"

#define LOOKS 120
#define TURNS 100

static void many_transactions(void)
{
	map_area();
	for (u64 i = 0; i < LOOKS; i++) {
		look_at_page(i % 7);
		look_at_node(i % 5);
	}
	/* Two that are pinned by one transaction. */
	CHECK_OK(range_make(CAP_PAGES, 0, CAP_A));
	CHECK_OK(range_make(CAP_PAGES, 1, CAP_E));
	CHECK_OK(page_copy(CAP_A, CAP_E));
}

static u64 turns;

static void answer(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;) {
		add(&turns, 1);
		message_reply_wait(CAP_E, &m);
	}
}

static void many_turns(void)
{
	store(&turns, 0);
	thread_new(answer, MAIN_PRIORITY + 1, CAP_B);
	CHECK_OK(process_make_start(CAP_B, 0, CAP_B));
	for (u64 i = 0; i < TURNS; i++)
		call4(CAP_B, i, 0, 0, 0);
	is_right(load(&turns) == TURNS);
}

static void harts_idle(void)
{
	for (u64 i = 0; i < 5; i++)
		CHECK_OK(time_wait_until(time_now() + TICKS_PER_MS / 2));
	is_right(true);
}

static const struct test_case cases[] = {
	{ "many transactions", many_transactions },
	{ "many turns", many_turns },
	{ "harts idle", harts_idle },
};

int main(void)
{
	ledger_all(cases, ARRAY_SIZE(cases));
}
