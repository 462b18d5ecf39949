/*
 * The pressure sweep: all that can be taken out of memory is, just before the
 * k-th header is taken, for every k of a piece of work that needs objects of
 * all kinds; what it sees must always be the same.
 */
#include "lab02user.h"

#define KS_MAX 200

/* Adds the word at w1 of its own memory to what it is sent. */
static void serve(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;) {
		m.w[0] += load((u64 *)(AREA + PAGE_SIZE * m.w[1]));
		message_reply_wait(CAP_E, &m);
	}
}

static void work(u64 k)
{
	for (u64 i = 0; i < 3; i++) {
		look_at_page(20 + 16 * i);
		look_at_node(3 + 16 * i);
		look_at_process(i);
		load_from(16 * i + 1);
		is_right(call4(CAP_A, k, 16 * i + 2, 0, 0).w0 ==
			 k + 1000 * (16 * i + 2));
	}
	/* A string goes from one far page to a page of its own, and back. */
	u64 word = k, back = 0;
	CHECK_OK(range_make(CAP_PAGES, 0, CAP_E));
	CHECK_OK(page_write(CAP_E, 64, &word, 8));
	CHECK_OK(page_write(CAP_E, 72, (u64 *)(AREA + 7 * PAGE_SIZE), 8));
	CHECK_OK(page_read(CAP_E, 64, &back, 8));
	is_right(back == k);
	CHECK_OK(page_read(CAP_E, 72, &back, 8));
	is_right(back == 7000);
	/* Two pages that one order needs, neither of which is locked at first. */
	CHECK_OK(range_make(CAP_PAGES, 1 + k, CAP_E)); /* null, and clean */
	CHECK_OK(node_get(CAP_C, 4, CAP_TMP));
	CHECK_OK(node_get(CAP_TMP, 9, CAP_TMP));
	CHECK_OK(page_copy(CAP_E, CAP_TMP));
	CHECK_OK(page_read(CAP_E, 8, &back, 8));
	is_right(back == 1000 * (4 * NODE_SLOTS + 9) + 1);
}

/* From an empty memory on. */
static void squeeze(u64 at)
{
	ledger->squeeze = at;
	time_now();
	while (ledger->squeeze)
		time_now();
}

static void every_k(void)
{
	u64 k = 1;
	map_area();
	thread_new(serve, MAIN_PRIORITY + 1, CAP_B);
	CHECK_OK(process_make_start(CAP_B, 0, CAP_A));
	get_processes();
	for (u64 squeezes = 0; k < KS_MAX; k++) {
		AT("k = %lu", k);
		squeeze(1);
		look_at_page(90 - 16 * (k % 2)); /* it is absent */
		look_at_page(58 + 16 * (k % 2));
		squeezes = ledger->squeezes;
		squeeze(k);
		work(k);
		if (ledger->squeezes == squeezes)
			break; /* it takes less than k */
	}
	AT_NONE();
	ledger->figure[0] = k - 1;
	squeeze(~0ul >> 1);
}

static const struct test_case cases[] = {
	{ "before every header", every_k },
};

int main(void)
{
	ledger_all(cases, ARRAY_SIZE(cases));
}
