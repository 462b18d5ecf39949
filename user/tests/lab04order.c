/*
 * Lab 4: first come, first served.  The server is kept busy, or available but
 * promised, while callers come one after another; then it is looked at who was
 * served when.  One hart, so the test knows what the others do.
 */
#include <faults.h>

#include "lab04user.h"

#define CALLERS 12
#define BUSY (2 * TICKS_PER_MS)
#define ABOVE (MAIN_PRIORITY + 1)
#define BELOW (MAIN_PRIORITY - 1)

/* From now until the server has taken so many messages. */
static void wait_for_services(u64 n)
{
	AWAIT(load(&served) >= n);
}

/* Everything the test itself does, without giving way to anybody. */
static void spin(u64 ticks)
{
	u64 end = time_now() + ticks;
	while (time_now() < end)
		;
}

static void check_turns(u64 first, u64 callers, u64 before)
{
	AWAIT(load(&answers) == callers);
	for (u64 i = 0; i < callers; i++) {
		AT("the turn of caller %lu", i + 1);
		CHECK_EQ(turn_of[first + i], before + i + 1);
	}
	AT_NONE();
}

/* They stall at once, each before the next is made. */
static void in_the_order_they_came(void)
{
	server_new(ABOVE, CAP_B);
	server_busy(CAP_B, 0, CALLERS * BUSY);
	for (u64 i = 0; i < CALLERS; i++)
		caller_new(ABOVE, CAP_B, CAP_A);
	check_turns(1, CALLERS, 1);
}

/* The last to come has the highest priority, now that it waits. */
static void priority_does_not_matter(void)
{
	server_new(ABOVE, CAP_B);
	server_busy(CAP_B, 0, CALLERS * BUSY);
	for (u64 i = 0; i < CALLERS; i++)
		caller_new(ABOVE, CAP_B, CAP_A);
	for (u64 i = 0; i < CALLERS; i++) {
		find_thread(1 + i, CAP_A);
		change_priority(CAP_A, i % (MAIN_PRIORITY + 4));
	}
	check_turns(1, CALLERS, 1);
}

/* Some call, some only send, some stop and go on behind the others. */
static void send_once(u64 me, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { me, w1, w2, w3 } };
	message_send(CAP_C, &m);
	add(&answers, 1);
	thread_rest();
}

static void calls_and_sends_alike(void)
{
	server_new(ABOVE, CAP_B);
	server_busy(CAP_B, 0, CALLERS * BUSY);
	for (u64 i = 0; i < CALLERS; i++) {
		u64 me = client_new(i & 1 ? send_once : call_server, ABOVE,
				    CAP_B, CAP_A);
		thread_send(CAP_A, me, 0, 0, 0);
	}
	wait_for_services(CALLERS + 1);
	for (u64 i = 0; i < CALLERS; i++) {
		AT("message %lu", i + 1);
		CHECK_EQ(took[i + 1], i + 1);
	}
}

/* The server is the keeper of processes that fault while it is busy. */
static void fault(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	device_read8(WINDOW_END + PAGE_SIZE);
	HELPER_CHECK(false);
}

static void faults_take_their_turn(void)
{
	server_new(ABOVE, CAP_B);
	server_busy(CAP_B, 0, CALLERS * BUSY);
	for (u64 i = 0; i < CALLERS; i++) {
		u64 me = client_new(i & 1 ? fault : call_server, ABOVE, CAP_B,
				    CAP_A);
		CHECK_OK(process_set_slot(CAP_A, PS_KEEPER, CAP_B));
		thread_send(CAP_A, me, 0, 0, 0);
	}
	wait_for_services(CALLERS + 1);
	for (u64 i = 0; i < CALLERS; i++) {
		AT("message %lu", i + 1);
		CHECK_EQ(took[i + 1], i & 1 ? FAULT_ORDER + FAULT_READ : i + 1);
	}
}

/*
 * The one that was woken has a low priority and does not get to run; the test,
 * which does, calls the server, which is available.
 */
static void who_comes_between_stalls_behind(void)
{
	server_new(ABOVE, CAP_B);
	server_busy(CAP_B, 0, BUSY);
	u64 first = caller_new(ABOVE, CAP_B, CAP_A);
	change_priority(CAP_A, BELOW);
	spin(2 * BUSY);
	u64 before = time_now();
	CHECK_EQ(load(&served), 1);
	struct words mine = call4(CAP_B, 0, 0, 0, 0);
	u64 after = time_now();
	AT("who came between");
	CHECK_EQ(mine.w0, 3);
	CHECK(after - before < 20 * moment());
	AWAIT(load(&answers) == 1);
	AT("the caller that was woken, whose turn was before");
	CHECK_EQ(turn_of[first], 2);
}

#define ROUNDS 5
#define CLIENTS 3

/* The same clients come back, in another order each time. */
static void the_queue_is_used_again(void)
{
	u64 server = server_new(ABOVE, CAP_B);
	for (u64 i = 0; i < CLIENTS; i++)
		client_new(call_server, ABOVE, CAP_B, CAP_A);
	for (u64 round = 0; round < ROUNDS; round++) {
		server_busy(CAP_B, 0, BUSY);
		for (u64 i = 0; i < CLIENTS; i++) {
			u64 client = server + 1 + (round + 2 * i) % CLIENTS;
			find_thread(client, CAP_A);
			thread_send(CAP_A, client, 0, 0, 0);
		}
		wait_for_services((CLIENTS + 1) * (round + 1));
	}
	for (u64 i = 0; i < ROUNDS * CLIENTS; i++) {
		u64 round = i / CLIENTS, place = i % CLIENTS;
		AT("round %lu, place %lu", round + 1, place + 1);
		CHECK_EQ(took[(CLIENTS + 1) * round + 1 + place],
			 server + 1 + (round + 2 * place) % CLIENTS);
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "in the order they came", in_the_order_they_came },
		{ "priority does not matter", priority_does_not_matter },
		{ "calls and sends alike", calls_and_sends_alike },
		{ "faults take their turn", faults_take_their_turn },
		{ "who comes between stalls behind",
		  who_comes_between_stalls_behind },
		{ "the queue is used again", the_queue_is_used_again },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
