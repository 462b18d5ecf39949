/*
 * Lab 4: many clients call one server, again and again.  It has a lower
 * priority than they, so all but one of them are stalled on it all the time.
 * Each service should take one wakeup.  How many clients there are the grader
 * says, by the number in the kit.
 */
#include "lab04user.h"

#define ROUNDS 16

static void call_often(u64 me, u64 rounds, u64 w2, u64 w3)
{
	for (u64 i = 0; i < rounds; i++)
		call4(CAP_C, me, 0, w2, w3);
	add(&answers, 1);
	thread_rest();
}

static void clients_of_one_server(void)
{
	u64 clients;
	CHECK_OK(kit(KIT_SEED, CAP_A));
	CHECK_OK(number_read(CAP_A, &clients));
	server_new(MAIN_PRIORITY - 3, CAP_B);
	for (u64 i = 0; i < clients; i++)
		client_new(call_often, MAIN_PRIORITY - 2, CAP_B, CAP_A);
	u64 start = cycle_now();
	for (u64 i = 1; i <= clients; i++) {
		find_thread(i, CAP_A);
		thread_send(CAP_A, i, ROUNDS, 0, 0);
	}
	AWAIT(load(&answers) == clients);
	ledger->figure[0] = last_service - start;
	CHECK_EQ(load(&served), clients * ROUNDS);
	printf("# %lu services, %lu stalls, %lu wakeups\n", load(&served),
	       ledger->stalls, ledger->wakeups);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "clients of one server", clients_of_one_server },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
