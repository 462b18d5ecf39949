/*
 * Lab 5: mappings are changed while other harts use them.  When the order has
 * been answered, nobody uses what was there before.
 */
#include "lab05area.h"

#define READERS 3
#define ROUNDS 24

/* Whatever is read is no older than what was promised before. */
static void use(u64 me, u64 address, u64 w2, u64 w3)
{
	const u64 *word = (const u64 *)(address + w2 + w3);
	while (!load(&stop)) {
		u64 least = load(&promised);
		u64 value = load(word);
		HELPER_CHECK(value >= least);
		add(&reads[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

static void a_slot_changes(void)
{
	area_new();
	for (u64 i = 0; i < READERS; i++) {
		u64 me = thread_new(use, BELOW, CAP_D);
		store(&reads[me], 0);
		thread_send(CAP_D, me, AREA, 0, 0);
	}
	for (u64 i = 1; i <= ROUNDS; i++) {
		u64 before = load(&reads[i % READERS]);
		AWAIT(load(&reads[i % READERS]) > before);
		change(i);
	}
	readers_end(READERS);
	ledger->figure[0] = ROUNDS;
}

/* Each has a leaf node and pages of its own, and changes the other's, too. */
static void send(u64 me, u64 rounds, u64 w2, u64 w3)
{
	for (u64 i = 1; i <= rounds + w2 + w3; i++) {
		unsigned page = i & 1 ? CAP_B : CAP_A;
		u64 result = node_set(CAP_C, me, page);
		HELPER_CHECK(result == RC_OK);
		u64 value = load((u64 *)(AREA + me * PAGE_SIZE));
		HELPER_CHECK(value == (i & 1));
		add(&reads[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

static void several_send_at_once(void)
{
	area_new();
	page_set_word(CAP_B, 0, 1);
	for (u64 i = 0; i < READERS; i++) {
		u64 me = thread_new(send, BELOW, CAP_D);
		CHECK_OK(process_set_cap(CAP_D, CAP_A, CAP_A));
		CHECK_OK(process_set_cap(CAP_D, CAP_B, CAP_B));
		CHECK_OK(process_set_cap(CAP_D, CAP_C, CAP_C));
		thread_send(CAP_D, me, ROUNDS, 0, 0);
	}
	AWAIT(load(&done) == READERS);
	ledger->figure[2] = READERS * ROUNDS;
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a slot changes", a_slot_changes },
		{ "several send at once", several_send_at_once },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
