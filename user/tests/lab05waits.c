/*
 * Lab 5: who is waited for.  A hart that is in the kernel uses no translation,
 * so nobody waits for it; but it uses none that is old when it is back.
 */
#include "lab05area.h"

#define ROUNDS 12
#define HELD (10 * TICKS_PER_MS)

/* Reads; then it is held in the kernel, and reads once more. */
static void use_and_be_held(u64 me, u64 ticks, u64 w2, u64 w3)
{
	const u64 *word = (const u64 *)(AREA + w2 + w3);
	while (!load(&stop)) {
		u64 before = load(word);
		u64 result = call4(CAP_C, ORDER_HOLD, ticks, 0, 0).w0;
		HELPER_CHECK(result == RC_OK);
		u64 least = load(&promised);
		u64 value = load(word);
		HELPER_CHECK(value >= least && value >= before);
		add(&reads[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

/*
 * A hart that is in the kernel is not waited for; but it uses nothing old when
 * it is back.
 */
static void a_hart_is_in_the_kernel(void)
{
	u64 meanwhile = 0;
	area_new();
	u64 me = thread_new(use_and_be_held, BELOW, CAP_D);
	store(&reads[me], 0);
	CHECK_OK(kit(KIT_HOLD, CAP_E));
	aim_at(CAP_D, CAP_E);
	thread_send(CAP_D, me, HELD, 0, 0);
	for (u64 i = 1; i <= ROUNDS; i++) {
		u64 before = load(&reads[me]);
		AWAIT(load(&reads[me]) > before);
		u64 until = time_now() + HELD;
		while (!ledger->holding && time_now() < until)
			;
		change(i);
		meanwhile += ledger->holding;
	}
	readers_end(1);
	CHECK(meanwhile > ROUNDS / 2);
	ledger->figure[0] = meanwhile;
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a hart is in the kernel", a_hart_is_in_the_kernel },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
