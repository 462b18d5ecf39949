/*
 * Lab 3: readers who leave no gap between them, and one who wants to write.
 * Figures: how many of the writes had to wait while a reader got the page; of
 * how many; and how often it was read meanwhile.
 */
#include "lab03user.h"

#define READERS 3
#define WRITES 100

/* Holds the page read-locked for as long as copying it out takes. */
static void read_on(u64 me, u64 w1, u64 w2, u64 w3)
{
	while (!load(&stop)) {
		struct message m = {
			.w = { PAGE_READ, 0, PAGE_SIZE, me + w1 + w2 + w3 }
		};
		is_right(message_call(CAP_A, &m) == RC_OK);
		add(&begun, 1);
	}
	sharer_done();
}

static void a_writer_among_readers(void)
{
	u64 word = 0;
	page_new(CAP_A);
	for (u64 i = 0; i < READERS; i++)
		sharer(read_on, 0);
	AWAIT(load(&begun) > 10);
	u64 overtaken = 0, reads = load(&begun);
	for (u64 i = 0; i < WRITES; i++) {
		u64 before = ledger->overtaken;
		word = i;
		CHECK_OK(page_write(CAP_A, 0, &word, sizeof(word)));
		overtaken += ledger->overtaken != before;
	}
	ledger->figure[0] = overtaken;
	ledger->figure[1] = WRITES;
	ledger->figure[2] = load(&begun) - reads;
	store(&stop, 1);
	AWAIT(load(&done) == READERS);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a writer among readers", a_writer_among_readers },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
