/*
 * Lab 4: the caller that was woken has changed its mind.  It has a low
 * priority, so the test, which keeps its hart, can see to that before it runs.
 * Then the test sleeps, everything is at rest, and only the worrier is left to
 * wake the others.
 */
#include <faults.h>

#include "lab04user.h"

#define BUSY (20 * TICKS_PER_MS)
#define INTERVAL (250 * TICKS_PER_MS) /* of the worrier */
#define SLACK (40 * TICKS_PER_MS)     /* to serve those it wakes */
#define CALLERS 4                     /* numbers 1 to 4; 0 is the server */
#define ABOVE (MAIN_PRIORITY + 1)
#define BELOW (MAIN_PRIORITY - 1)

static u64 woken_at; /* when the first had been woken, at the latest */

static void spin_until(u64 when)
{
	while (time_now() < when)
		;
}

/*
 * So many stall on the server; the first `low` of them have a low priority.
 * Returns when the server is available, and the first has been woken.
 */
static void stall_and_wake(u64 callers, u64 low)
{
	u64 until = time_now() + BUSY;
	server_new(ABOVE, CAP_B);
	server_busy(CAP_B, 0, BUSY);
	for (u64 i = 1; i <= callers; i++) {
		caller_new(ABOVE, CAP_B, CAP_A);
		if (i <= low)
			change_priority(CAP_A, BELOW);
	}
	CHECK(time_now() < until);
	spin_until(until + BUSY);
	woken_at = time_now();
	find_thread(0, CAP_C);
	AT("when the server has woken the first, and nobody else");
	CHECK_EQ(process_state(CAP_C), PST_AVAILABLE);
	CHECK_EQ(load(&answers), 0);
	AT_NONE();
	find_thread(1, CAP_A);
}

/* Callers `from` to `to` have been served, in their order, and in time. */
static void check_served(u64 from, u64 to, u64 within)
{
	for (u64 i = from; i <= to; i++) {
		AT("caller %lu, %lu ms after the first was woken", i,
		   answered_at[i] ? (answered_at[i] - woken_at) / TICKS_PER_MS
				  : 0);
		CHECK(turn_of[i] != 0);
		CHECK(answered_at[i] - woken_at <= within);
		CHECK(i == from || turn_of[i] == turn_of[i - 1] + 1);
	}
	AT_NONE();
}

static void rest(u64 ticks)
{
	time_wait_until(time_now() + ticks);
}

static void check_others(void)
{
	rest(3 * INTERVAL);
	CHECK_EQ(turn_of[1], 0);
	check_served(2, CALLERS, INTERVAL + SLACK);
}

static void it_was_stopped(void)
{
	stall_and_wake(CALLERS, 1);
	CHECK_OK(process_stop(CAP_A, CAP_D));
	check_others();
	/* It goes on, and calls again. */
	message_send(CAP_D, &(struct message){ .w = { RC_OK } });
	AWAIT(load(&answers) == CALLERS);
}

static void it_was_destroyed(void)
{
	stall_and_wake(CALLERS, 1);
	CHECK_OK(object_destroy(OK_PROCESS, 1));
	check_others();
}

static void it_was_redirected(void)
{
	stall_and_wake(CALLERS, 1);
	thread_aim(CAP_A, 1, thread_rest_now);
	check_others();
}

static void it_is_malformed(void)
{
	stall_and_wake(CALLERS, 1);
	CHECK_OK(process_set_slot(CAP_A, PS_SCHEDULE, 0));
	CHECK_OK(process_set_slot(CAP_A, PS_KEEPER, 0));
	check_others();
	CHECK(is_stalled_on(1, "junk"));
}

/* Its meter is empty, and the meter has no keeper. */
static void its_meter_is_empty(void)
{
	stall_and_wake(CALLERS, 1);
	node_new(SPAN_MIN, CAP_C);
	CHECK_OK(node_set_number(CAP_C, METER_TICKS, 0));
	CHECK_OK(node_meter(CAP_C, CAP_D));
	CHECK_OK(process_set_slot(CAP_A, PS_METER, CAP_D));
	check_others();
	CHECK(is_stalled_on(1, "junk"));
}

/* Keeps the hart from everybody below. */
static void hog(u64 w0, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		__asm__ volatile("" : "+r"(w0), "+r"(w1), "+r"(w2), "+r"(w3));
}

/* Two in a row do not get to run: the worrier has to come twice. */
static void two_are_starved(void)
{
	stall_and_wake(CALLERS, 2);
	for (u64 i = 1; i <= 2; i++) {
		find_thread(i, CAP_A);
		change_priority(CAP_A, BELOW - 2);
	}
	thread_start(hog, BELOW, CAP_D, 0, 0);
	rest(3 * INTERVAL);
	check_served(3, CALLERS, 2 * INTERVAL + SLACK);
	CHECK_EQ(turn_of[1] + turn_of[2], 0);
	CHECK_OK(process_stop(CAP_D, CAP_TMP));
	AWAIT(load(&answers) == CALLERS);
}

/* Nobody else waited; then somebody comes, and finds a promise. */
static void a_newcomer_finds_a_promise(void)
{
	stall_and_wake(1, 1);
	CHECK_OK(process_stop(CAP_A, CAP_D));
	woken_at = time_now();
	u64 newcomer = caller_new(ABOVE, CAP_B, CAP_A);
	rest(3 * INTERVAL);
	check_served(newcomer, newcomer, INTERVAL + SLACK);
}

/* The server is stopped and made available: its old promise is void. */
static void a_promise_ends_with_availability(void)
{
	stall_and_wake(1, 1);
	CHECK_OK(process_stop(CAP_A, CAP_D));
	find_thread(0, CAP_C);
	thread_restart(CAP_C, 0, serve);
	woken_at = time_now();
	u64 newcomer = caller_new(ABOVE, CAP_B, CAP_A);
	rest(3 * INTERVAL);
	check_served(newcomer, newcomer, SLACK);
}

/* Those who wait, and who was woken, learn that there is no server any more. */
static void the_server_is_destroyed(void)
{
	stall_and_wake(CALLERS, 1);
	CHECK_OK(object_destroy(OK_PROCESS, 0));
	AWAIT(load(&answers) == CALLERS);
	for (u64 i = 1; i <= CALLERS; i++)
		CHECK_EQ(turn_of[i], RC_VOID);
}

static struct inspect_queue look_at_worry(void)
{
	struct inspect_queue q = { .name = "?" };
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	for (u64 i = 0; strcmp(q.name, "worry") != 0; i++) {
		u64 index = i;
		CHECK_OK(inspect(CAP_TMP, INSPECT_QUEUE, &index, 0, &q,
				 sizeof(q)));
	}
	return q;
}

/* With one caller at a time there is nothing to worry about. */
static void no_need_to_worry(void)
{
	u64 before = look_at_worry().enqueued;
	server_new(BELOW, CAP_B);
	for (u64 i = 0; i < 50; i++) {
		server_busy(CAP_B, 0, 0);
		call4(CAP_B, 0, 0, 0, 0);
	}
	CHECK_EQ(load(&served), 100);
	CHECK_EQ(look_at_worry().enqueued - before, 0);
	CHECK_EQ(look_at_worry().members, 0);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "no need to worry", no_need_to_worry },
		{ "it was stopped", it_was_stopped },
		{ "it was destroyed", it_was_destroyed },
		{ "it was redirected", it_was_redirected },
		{ "it is malformed", it_is_malformed },
		{ "its meter is empty", its_meter_is_empty },
		{ "two are starved", two_are_starved },
		{ "a newcomer finds a promise", a_newcomer_finds_a_promise },
		{ "a promise ends with availability",
		  a_promise_ends_with_availability },
		{ "the server is destroyed", the_server_is_destroyed },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
