/*
 * More is written than there is room for: it goes to the disk, which takes its
 * time, and who needs a page meanwhile stalls until one is clean.
 */
#include "lab02user.h"

#define WRITERS 3
#define EACH 60

static u64 done;

static void write(u64 me, u64 w1, u64 w2, u64 w3)
{
	u64 word = 0;
	for (u64 round = 0; round < 2; round++) {
		for (u64 i = 0; i < EACH; i++) {
			u64 mine = 1000 * me + i + w1 + w2 + w3;
			HELPER_CHECK(range_make(CAP_A, me * EACH + i, CAP_E) ==
				     RC_OK);
			if (round == 0)
				HELPER_CHECK(page_write(CAP_E, 0, &mine, 8) ==
					     RC_OK);
			is_right(page_read(CAP_E, 0, &word, 8) == RC_OK &&
				 word == mine);
		}
	}
	add(&done, 1);
	thread_rest();
}

static void more_is_written_than_there_is_room_for(void)
{
	store(&done, 0);
	ledger->hold = 1;
	for (u64 i = 0; i < WRITERS; i++) {
		u64 me = thread_new(write, MAIN_PRIORITY - 1, CAP_E);
		CHECK_OK(process_set_cap(CAP_E, CAP_A, CAP_PAGES));
		thread_send(CAP_E, me, 0, 0, 0);
	}
	AWAIT(load(&done) == WRITERS);
}

static const struct test_case cases[] = {
	{ "more is written than there is room for",
	  more_is_written_than_there_is_room_for },
};

int main(void)
{
	ledger_all(cases, ARRAY_SIZE(cases));
}
