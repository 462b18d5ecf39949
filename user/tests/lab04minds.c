/*
 * Lab 4, on several harts: clients call a server, and are stopped, sent
 * somewhere else and killed while they do, wherever they are at that moment.
 * All others get their turns.
 */
#include "lab04user.h"

#define CLIENTS 6
#define ROUNDS 12 /* changes of mind */
#define VICTIMS 3 /* clients 1 to 3 change their minds, the rest do not */

static u64 turns[THREADS_MAX];

static void call_for_ever(u64 me, u64 w1, u64 w2, u64 w3)
{
	for (;;) {
		call4(CAP_C, me, w1, w2, w3);
		add(&turns[me], 1);
	}
}

static void start_client(u64 client)
{
	thread_send(CAP_A, client, 20 * TICKS_PER_US, 0, 0);
}

static void stop_and_go_on(u64 client)
{
	find_thread(client, CAP_A);
	CHECK_OK(process_stop(CAP_A, CAP_D));
	pause();
	message_send(CAP_D, &(struct message){ .w = { RC_OK } });
}

/* It forgets what it wanted, and begins anew. */
static void redirect(u64 client)
{
	find_thread(client, CAP_A);
	thread_restart(CAP_A, client, call_for_ever);
	start_client(client);
}

/* Killed, and another one made in its place. */
static void replace(u64 client)
{
	unsigned made = test.made[OK_PROCESS];
	CHECK_OK(object_destroy(OK_PROCESS, client));
	test.made[OK_PROCESS] = (unsigned)client;
	client_new(call_for_ever, MAIN_PRIORITY - 1, CAP_B, CAP_A);
	test.made[OK_PROCESS] = made;
	start_client(client);
}

static void check_progress(void)
{
	u64 before[CLIENTS + 1];
	for (u64 i = VICTIMS + 1; i <= CLIENTS; i++)
		before[i] = load(&turns[i]);
	for (u64 i = VICTIMS + 1; i <= CLIENTS; i++) {
		AT("client %lu", i);
		AWAIT(load(&turns[i]) > before[i] + 1);
	}
	AT_NONE();
}

static void minds_are_changed(void)
{
	static void (*const change[])(u64) = { stop_and_go_on, redirect,
					       replace };
	server_new(MAIN_PRIORITY - 1, CAP_B);
	for (u64 i = 1; i <= CLIENTS; i++) {
		client_new(call_for_ever, MAIN_PRIORITY - 1, CAP_B, CAP_A);
		start_client(i);
	}
	for (u64 round = 0; round < ROUNDS; round++) {
		change[round % 3](1 + round / 3 % VICTIMS);
		check_progress();
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "minds are changed", minds_are_changed },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
