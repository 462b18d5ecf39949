/*
 * Processes that stop each other, and contend: rings of them, gangs on one
 * target, and stops in the midst of messages.  All of it ends.
 */
#include "thread.h"

#define MEMBERS_MAX 6
#define ROUNDS 12
#define GANG_ROUNDS 3 /* each a turn of all, on harts that interrupt each other */

static u64 go, done, rounds[THREADS_MAX];

/* Stops whom it has in C, looks, and lets him go on; again and again. */
static void stop_the_next(u64 me, u64 count, u64 w2, u64 w3)
{
	while (!load(&go))
		; /* who is stopped before he was started would not start */
	for (u64 i = 0; i < count; i++) {
		u64 result = process_stop(CAP_C, CAP_D);
		HELPER_CHECK(result == RC_OK + w2 + w3);
		result = call4(CAP_C, PROC_GET_STATE, 0, 0, 0).w1;
		HELPER_CHECK(result < PST_COUNT);
		message_send(CAP_D, &(struct message){ .w = { RC_OK } });
		add(&rounds[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

/* Helpers 0 to n - 1; each has the next in C, the last the first. */
static void ring(u64 n, unsigned priority)
{
	store(&done, 0);
	store(&go, 0);
	for (u64 i = 0; i < n; i++) {
		thread_new(stop_the_next, priority, CAP_A);
		store(&rounds[i], 0);
	}
	for (u64 i = 0; i < n; i++) {
		CHECK_OK(range_make(CAP_PROCESSES, i, CAP_A));
		CHECK_OK(range_make(CAP_PROCESSES, (i + 1) % n, CAP_B));
		CHECK_OK(process_set_cap(CAP_A, CAP_C, CAP_B));
	}
	for (u64 i = 0; i < n; i++) {
		CHECK_OK(range_make(CAP_PROCESSES, i, CAP_A));
		thread_send(CAP_A, i, ROUNDS, 0, 0);
	}
	store(&go, 1);
}

static void rings_end(void)
{
	for (u64 n = 2; n <= MEMBERS_MAX; n++) {
		AT("%lu members", n);
		ring(n, MAIN_PRIORITY - 1);
		AWAIT(load(&done) >= n);
		for (u64 i = 0; i < n; i++)
			CHECK(load(&rounds[i]) >= ROUNDS);
		test_clean_up();
	}
}

/* The same, and the test itself stops one of them now and then. */
static void a_ring_is_disturbed(void)
{
	ring(3, MAIN_PRIORITY - 1);
	for (unsigned i = 0; i < ROUNDS && load(&done) < 3; i++) {
		CHECK_OK(range_make(CAP_PROCESSES, i % 3, CAP_A));
		CHECK_OK(process_stop(CAP_A, CAP_B));
		message_send(CAP_B, &(struct message){ .w = { RC_OK } });
	}
	AWAIT(load(&done) >= 3);
}

/* One runs in a circle; all others stop it, each in its turn. */
static void run(u64 me, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		add(&rounds[me], 1 + 0 * (w1 + w2 + w3));
}

static void gang_up(u64 me, u64 count, u64 w2, u64 w3)
{
	for (u64 i = 0; i < count; i++) {
		u64 result = call4(CAP_C, PROC_GET_STATE, 0, 0, 0).w0;
		struct proc_regs regs;
		HELPER_CHECK(result == RC_OK + w2 + w3);
		result = process_get_regs(CAP_C, &regs);
		HELPER_CHECK(result == RC_OK);
		add(&rounds[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

static void a_gang_has_one_target(void)
{
	store(&done, 0);
	store(&rounds[0], 0);
	thread_start(run, MAIN_PRIORITY - 1, CAP_A, 0, 0);
	for (u64 i = 1; i <= MEMBERS_MAX; i++) {
		thread_new(gang_up, MAIN_PRIORITY - 1, CAP_B);
		CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_A));
		thread_send(CAP_B, i, GANG_ROUNDS, 0, 0);
	}
	AWAIT(load(&done) == MEMBERS_MAX);
	u64 before = load(&rounds[0]);
	AWAIT(load(&rounds[0]) > before);
	CHECK_EQ(process_state(CAP_A), PST_RUNNING);
}

/* Those of a gang look at each other, and one at the test itself. */
static void everyone_looks_at_everyone(void)
{
	store(&done, 0);
	for (u64 i = 0; i < MEMBERS_MAX; i++)
		thread_new(gang_up, MAIN_PRIORITY - 1, CAP_A);
	for (u64 i = 0; i < MEMBERS_MAX; i++) {
		CHECK_OK(range_make(CAP_PROCESSES, i, CAP_A));
		CHECK_OK(range_make(CAP_PROCESSES, i * 5 % MEMBERS_MAX ^ 1,
				    CAP_B));
		CHECK_OK(process_set_cap(CAP_A, CAP_C, i == 2 ? CAP_SELF :
								CAP_B));
	}
	for (u64 i = 0; i < MEMBERS_MAX; i++) {
		CHECK_OK(range_make(CAP_PROCESSES, i, CAP_A));
		thread_send(CAP_A, i, ROUNDS, 0, 0);
	}
	AWAIT(load(&done) == MEMBERS_MAX);
}

/* A server and its clients are stopped while they exchange messages. */
static void serve(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;) {
		m.w[0] = m.w[1] + 1;
		message_reply_wait(CAP_E, &m);
	}
}

static void client(u64 me, u64 count, u64 w2, u64 w3)
{
	for (u64 i = 0; i < count; i++) {
		u64 is = call4(CAP_C, 0, i, w2, w3).w0;
		HELPER_CHECK(is == i + 1);
		add(&rounds[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

#define CLIENTS 3

static void stops_amid_messages(void)
{
	store(&done, 0);
	thread_new(serve, MAIN_PRIORITY - 1, CAP_A);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_B));
	for (u64 i = 1; i <= CLIENTS; i++) {
		thread_new(client, MAIN_PRIORITY - 1, CAP_A);
		CHECK_OK(process_set_cap(CAP_A, CAP_C, CAP_B));
		thread_send(CAP_A, i, 4 * ROUNDS, 0, 0);
	}
	for (u64 i = 0; load(&done) < CLIENTS; i++) {
		/* Whoever waits for an answer must get just that: not these. */
		CHECK_OK(range_make(CAP_PROCESSES, i % (CLIENTS + 1), CAP_A));
		if (process_state(CAP_A) == PST_RUNNING) {
			struct proc_regs regs;
			CHECK_OK(process_get_regs(CAP_A, &regs));
			CHECK_OK(process_set_name(CAP_A, "t?"));
		}
		pause();
	}
}

/*
 * Contention and halting at once: all write one node, and halt each other
 * between two writes, so that transactions are serialized.
 */
static void contend(u64 me, u64 count, u64 w2, u64 w3)
{
	for (u64 i = 0; i < count; i++) {
		u64 result = node_set_number(CAP_B, me, i + w2 + w3);
		HELPER_CHECK(result == RC_OK);
		result = node_copy(CAP_D, CAP_B);
		HELPER_CHECK(result == RC_OK);
		result = call4(CAP_C, PROC_GET_STATE, 0, 0, 0).w0;
		HELPER_CHECK(result == RC_OK);
		result = node_copy(CAP_B, CAP_D);
		HELPER_CHECK(result == RC_OK);
		add(&rounds[me], 1);
	}
	add(&done, 1);
	thread_rest();
}

static void contention_and_halting(void)
{
	node_new(SPAN_MIN, CAP_D);
	node_new(SPAN_MIN, CAP_E);
	store(&done, 0);
	for (u64 i = 0; i < MEMBERS_MAX; i++) {
		thread_new(contend, MAIN_PRIORITY - 1, CAP_A);
		CHECK_OK(process_set_cap(CAP_A, CAP_B, i & 1 ? CAP_D : CAP_E));
		CHECK_OK(process_set_cap(CAP_A, CAP_D, i & 1 ? CAP_E : CAP_D));
	}
	for (u64 i = 0; i < MEMBERS_MAX; i++) {
		CHECK_OK(range_make(CAP_PROCESSES, i, CAP_A));
		CHECK_OK(range_make(CAP_PROCESSES, (i + 1) % MEMBERS_MAX, CAP_B));
		CHECK_OK(process_set_cap(CAP_A, CAP_C, CAP_B));
		thread_send(CAP_A, i, ROUNDS, 0, 0);
	}
	AWAIT(load(&done) == MEMBERS_MAX);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "rings end", rings_end },
		{ "a ring is disturbed", a_ring_is_disturbed },
		{ "a gang has one target", a_gang_has_one_target },
		{ "everyone looks at everyone", everyone_looks_at_everyone },
		{ "stops amid messages", stops_amid_messages },
		{ "contention and halting", contention_and_halting },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
