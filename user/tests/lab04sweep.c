/*
 * Lab 4: an interrupt at every instruction of a stall, of becoming available,
 * and of all between.
 *
 * The interrupt is the timer's, for a cycle that is known; it wakes a process
 * of the highest priority, which calls the same server at once.  The action is
 * begun so many instructions before that it comes just before the call that
 * stalls; then one more each time, until that call has been taken.  Whatever
 * the server was doing, everybody is served soon, in order, and by one wakeup
 * each; which the scenario looks at all the time.
 */
#include "lab04user.h"

#define CYCLES_PER_TICK 100ul
#define LEAD 7000ul    /* instructions to order it, before the action */
#define PROMPT 30000ul /* and from the interrupt until all are served */
#define MARGIN 100ul   /* offsets swept before and behind */
#define BELOW (MAIN_PRIORITY - 2)
#define ABOVE (MAIN_PRIORITY + 2)
#define HIGHEST 15

/* Capabilities: C the server, D who interrupts, E who calls before the test. */

static u64 interruptions, last_answer;
static u64 called, taken; /* cycles: the test calls; a call is taken */

/* Never busy for long, but of a low priority. */
static void take(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;) {
		__atomic_fetch_add(&ledger->services, 1, __ATOMIC_RELAXED);
		if (m.w[0] == MAIN_PRIORITY)
			taken = cycle_now();
		message_reply_wait(CAP_E, &m);
	}
}

/* Calls whenever it is told to. */
static void call_first(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 } };
	for (;;) {
		call4(CAP_C, 0, 0, 0, 0);
		message_wait(&m);
	}
}

/* Word 0 is the tick to sleep until. */
static void interrupt(u64 when, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { when, w1, w2, w3 } };
	for (;;) {
		time_wait_until(m.w[0]);
		call4(CAP_C, HIGHEST, 0, 0, 0);
		last_answer = cycle_now();
		add(&interruptions, 1);
		message_wait(&m);
	}
}

/*
 * Goes on when the cycle has come, to the instruction; the last bit of what is
 * left is one more or less, the rest goes in steps of two.
 */
static void arrive_at(u64 cycle)
{
	i64 odd, left = (i64)(cycle - cycle_now());
	asm volatile("andi %1, %0, 1\n"
		     "	beqz %1, 1f\n"
		     "	addi %0, %0, -1\n"
		     "1:	addi %0, %0, -2\n"
		     "	bgtz %0, 1b"
		     : "+r"(left), "=&r"(odd));
}

/* The server has not yet taken the first message when the second comes. */
static void send_and_call(u64 others)
{
	struct message m = { 0 };
	message_send(CAP_C, &m);
	if (others)
		message_send(CAP_E, &m);
	called = cycle_now();
	call4(CAP_C, MAIN_PRIORITY, 0, 0, 0);
}

static void try(u64 others, u64 offset)
{
	u64 tick = (cycle_now() + LEAD + offset) / CYCLES_PER_TICK + 1;
	u64 due = tick * CYCLES_PER_TICK;
	struct message m = { .w = { tick } };
	u64 before = load(&interruptions);
	message_send(CAP_D, &m);
	CHECK(cycle_now() < due - offset);
	arrive_at(due - offset);
	send_and_call(others);
	last_answer = cycle_now();
	while (cycle_now() < due + MARGIN)
		;
	/* Behind all who called before. */
	call4(CAP_C, 0, 0, 0, 0);
	AT("instruction %lu", offset);
	CHECK_EQ(load(&interruptions) - before, 1);
	CHECK(last_answer - due < PROMPT || last_answer < due);
	CHECK_EQ(ledger->again, 0);
	CHECK(ledger->wakeups <= ledger->services);
}

/* The offsets of the test's call, and of the server's taking it. */
static void measure(u64 others, u64 *first, u64 *last)
{
	for (int i = 0; i < 3; i++) {
		u64 start = cycle_now();
		send_and_call(others);
		*first = called - start - MARGIN;
		*last = taken - start + MARGIN;
	}
}

static void sweep(u64 others)
{
	u64 first = 0, last = 0;
	thread_new(take, BELOW, CAP_A);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_C));
	client_new(interrupt, HIGHEST, CAP_C, CAP_D);
	CHECK_OK(process_make_start(CAP_D, 0, CAP_D));
	client_new(call_first, ABOVE, CAP_C, CAP_E);
	CHECK_OK(process_make_start(CAP_E, 0, CAP_E));
	measure(others, &first, &last);
	try(others, last); /* whatever happens for the first time only */
	for (u64 offset = first; offset <= last; offset++) {
		try(others, offset);
		ledger->figure[others]++;
	}
	ledger->figure[2 + others] = last + 1 - first;
}

static void one_waits(void)
{
	sweep(0);
}

static void two_wait(void)
{
	sweep(1);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "one waits", one_waits },
		{ "two wait", two_wait },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
