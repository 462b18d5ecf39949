/*
 * Lab 4: callers race with servers that become available, on several harts.
 * A client sends, and calls while the server is at work on what was sent: so
 * it finds it running, or on its way out, or available again.  Whoever is left
 * behind stalls on a server that does nothing.
 */
#include "lab04user.h"

#define SERVERS 2
#define CLIENTS 4
#define ROUNDS 100

static void send_and_call(u64 me, u64 rounds, u64 w2, u64 w3)
{
	for (u64 i = 0; i < rounds; i++) {
		struct message m = { .w = { me, 0, w2, w3 } };
		message_send(CAP_C, &m);
		call4(CAP_C, me, 0, w2, w3);
	}
	add(&answers, 1);
	thread_rest();
}

/* With so many clients of each server, and one of the test's own. */
static void race(u64 servers, u64 clients)
{
	for (u64 i = 0; i < servers; i++)
		server_new(MAIN_PRIORITY - 1, CAP_A + (unsigned)i);
	for (u64 i = 0; i < clients; i++)
		client_new(send_and_call, MAIN_PRIORITY - 1,
			   CAP_A + i % servers, CAP_D);
	for (u64 i = 0; i < clients; i++) {
		find_thread(servers + i, CAP_D);
		thread_send(CAP_D, servers + i, ROUNDS, 0, 0);
	}
	AWAIT(load(&answers) == clients);
	CHECK_EQ(load(&served), 2 * clients * ROUNDS);
}

static void one_client(void)
{
	race(1, 1);
}

static void two_clients(void)
{
	race(1, 2);
}

static void many_clients(void)
{
	race(SERVERS, CLIENTS);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "one client", one_client },
		{ "two clients of one server", two_clients },
		{ "clients of two servers", many_clients },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
