/*
 * The checkpoint capability, order by order (abi/orders.h): what a generation
 * is, who waits for which, what the status says, and that garbage is refused.
 * The image must be on a disk that can be written to.
 */
#include <checkpoint.h>
#include <base/rand.h>

#include "memory.h"

#define CAP_CKPT CAP_D
#define GARBAGE_ROUNDS 400
#define WAITERS 20 /* more than are woken in one go */

static u64 below(struct rand *r, u64 limit)
{
	return (rand_next(r) >> 8) % limit;
}

static struct ckpt_status status(void)
{
	struct ckpt_status s;
	CHECK_OK(ckpt_status(CAP_CKPT, &s));
	return s;
}

/* Nothing is taken but what a case asks for. */
static void begin_case(void)
{
	CHECK_OK(kit(KIT_CHECKPOINT, CAP_CKPT));
	CHECK_OK(ckpt_interval(CAP_CKPT, 0));
}

static void a_generation_counts_on(void)
{
	begin_case();
	u64 wanted, newest, before = status().generation;
	for (u64 i = 0; i < 5; i++) {
		CHECK_OK(ckpt_begin(CAP_CKPT, &wanted));
		CHECK(wanted > before);
		CHECK_OK(ckpt_await(CAP_CKPT, wanted, &newest));
		CHECK(newest >= wanted);
		CHECK(status().generation >= newest);
		before = newest;
	}
	CHECK_EQ(cap_type_of(CAP_CKPT, NULL), CT_CHECKPOINT);
}

/* What is durable already is not waited for. */
static void the_past_is_not_waited_for(void)
{
	begin_case();
	u64 newest, durable;
	CHECK_OK(ckpt_take(CAP_CKPT, &durable));
	for (u64 generation = 0; generation <= durable; generation++) {
		AT("generation %lu", generation);
		CHECK_OK(ckpt_await(CAP_CKPT, generation, &newest));
		CHECK(newest >= durable);
	}
}

/* Two that begin one after the other, without waiting in between. */
static void a_second_begins_while_the_first_is_written(void)
{
	begin_case();
	u64 first, second, newest;
	page_new(CAP_A);
	page_set_word(CAP_A, 0, 1);
	CHECK_OK(ckpt_begin(CAP_CKPT, &first));
	page_set_word(CAP_A, 0, 2);
	CHECK_OK(ckpt_begin(CAP_CKPT, &second));
	CHECK(second >= first);
	CHECK_OK(ckpt_await(CAP_CKPT, second, &newest));
	CHECK(newest >= second);
	CHECK_EQ(page_word(CAP_A, 0), 2);
}

static u64 woken, wrong;

static void waiter(u64 generation, u64 w1, u64 w2, u64 w3)
{
	u64 newest = 0;
	(void)w1, (void)w2, (void)w3;
	if (ckpt_await(CAP_CKPT, generation, &newest) != RC_OK ||
	    newest < generation)
		add(&wrong, 1);
	add(&woken, 1);
	thread_rest();
}

/* Returns its number. */
static u64 waiter_start(u64 generation)
{
	u64 thread = thread_new(waiter, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(process_set_cap(CAP_A, CAP_CKPT, CAP_CKPT));
	thread_send(CAP_A, generation, 0, 0, 0);
	return thread;
}

/* All who wait are answered, and nobody before it is durable. */
static void many_wait_for_one(void)
{
	begin_case();
	u64 newest;
	u64 awaited = status().generation + 1;
	woken = wrong = 0;
	for (u64 i = 0; i < WAITERS; i++)
		waiter_start(awaited);
	for (u64 i = 0; i < WAITERS; i++)
		AWAIT(is_stalled_on(i, "checkpoint"));
	CHECK_EQ(load(&woken), 0);
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	AWAIT(load(&woken) == WAITERS);
	CHECK_EQ(load(&wrong), 0);
}

/* One who waits for what never comes can be destroyed in his wait. */
static void a_waiter_may_be_destroyed(void)
{
	begin_case();
	u64 newest, far = status().generation + 1000;
	woken = wrong = 0;
	u64 thread = waiter_start(far);
	AWAIT(is_stalled_on(thread, "checkpoint"));
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	CHECK_OK(object_destroy(OK_PROCESS, thread));
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	CHECK_EQ(load(&woken), 0);
}

static void what_is_changed_is_dirty(void)
{
	begin_case();
	u64 newest;
	for (u64 i = 0; i < 8; i++)
		page_new(CAP_A);
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	u64 before = status().dirty;
	for (u64 i = 0; i < 8; i++) {
		CHECK_OK(range_make(CAP_PAGES, i, CAP_A));
		page_set_word(CAP_A, 0, i + 1);
	}
	CHECK(status().dirty >= before + 8);
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	CHECK(status().dirty < before + 8);
	CHECK_EQ(page_word(CAP_A, 0), 8);
}

static void the_status_is_sound(void)
{
	begin_case();
	u64 newest, began = time_now();
	struct ckpt_status before = status();
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	struct ckpt_status s = status();
	CHECK_EQ(s.generation, newest);
	CHECK(s.taken >= began && s.taken <= time_now());
	CHECK_EQ(s.interval, 0);
	CHECK(s.log_blocks > 0);
	CHECK(s.log_used <= s.log_blocks);
	CHECK(s.log_reserved <= s.log_blocks);
	CHECK(s.phase < CKPT_PHASES_COUNT);
	CHECK_EQ(s.epoch, before.epoch);
	CHECK_EQ(s.failures, before.failures);
	CHECK(s.by_request > before.by_request);
	CHECK_EQ(s.by_time, before.by_time);
	CHECK_EQ(s.zero, 0);
}

static void one_is_taken_by_time(void)
{
	begin_case();
	u64 newest;
	struct ckpt_status before = status();
	CHECK_OK(ckpt_interval(CAP_CKPT, 20 * TICKS_PER_MS));
	CHECK_EQ(status().interval, 20 * TICKS_PER_MS);
	CHECK_OK(ckpt_await(CAP_CKPT, before.generation + 2, &newest));
	CHECK(status().by_time >= before.by_time + 2);
	CHECK_OK(ckpt_interval(CAP_CKPT, 0));
	CHECK_EQ(status().by_request, before.by_request);
}

/* An answer that is an error is nothing else. */
static u64 refused(struct message m)
{
	CHECK_OK(process_set_cap(CAP_SELF, CAP_E, CAP_DISCRIM));
	m.receive[0] = CAP_E;
	message_call(CAP_CKPT, &m);
	if (m.w[0] == RC_OK)
		return RC_OK;
	for (unsigned i = 1; i < MSG_WORDS; i++)
		CHECK_EQ(m.w[i], 0);
	CHECK_EQ(m.length, 0);
	CHECK_EQ(cap_type_of(CAP_E, NULL), CT_VOID);
	return m.w[0];
}

static u64 order(u64 w0, u64 w1, u64 w2)
{
	return refused((struct message){ .w = { w0, w1, w2, 99 } });
}

static void no_such_order(void)
{
	static const u64 some[] = { CKPT_STATUS + 1, 99, ORDER_TYPE - 1,
				    ORDER_TYPE + 1, 1ul << 32, ~0ul };
	begin_case();
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++) {
		AT("order 0x%lx", some[i]);
		CHECK_EQ(order(some[i], 1, 1), RC_ORDER);
	}
	CHECK_EQ(call4(CAP_CKPT, ORDER_TYPE, 0, 0, 0).w1, CT_CHECKPOINT);
}

static void wrong_arguments(void)
{
	begin_case();
	CHECK_EQ(order(CKPT_CRASH, CRASH_AT_COMMIT + 1, 0), RC_ARGUMENT);
	CHECK_EQ(order(CKPT_CRASH, ~0ul, 1), RC_ARGUMENT);
	CHECK_EQ(order(CKPT_CRASH, CRASH_AT_WRITE, 0), RC_ARGUMENT);
	CHECK_EQ(refused((struct message){ .w = { CKPT_JOURNAL } }),
		 RC_CAPTYPE);
	CHECK_EQ(refused((struct message){ .w = { CKPT_JOURNAL },
					   .send = { CAP_CKPT } }),
		 RC_CAPTYPE);
	node_new(SPAN_MIN, CAP_A);
	CHECK_EQ(refused((struct message){ .w = { CKPT_JOURNAL },
					   .send = { CAP_A } }),
		 RC_CAPTYPE);
}

/* Every order but those that wait or cut the power, with anything at all. */
static void garbage_does_no_harm(void)
{
	static char text[64];
	struct rand r;
	u64 seed = 1, newest;
	begin_case();
	CHECK_OK(kit(KIT_SEED, CAP_A));
	CHECK_OK(number_read(CAP_A, &seed));
	rand_seed(&r, seed);
	page_new(CAP_A);
	node_new(SPAN_MIN, CAP_B);
	for (u64 i = 0; i < GARBAGE_ROUNDS; i++) {
		struct message m = { .text = text, .buffer = text,
				     .text_size = below(&r, 65),
				     .buffer_size = below(&r, 65) };
		u64 w0 = below(&r, CKPT_STATUS + 3);
		AT("seed %lu, round %lu, order %lu", seed, i, w0);
		for (unsigned w = 1; w < MSG_WORDS; w++)
			m.w[w] = rand_next(&r);
		for (unsigned c = 0; c < MSG_CAPS; c++)
			m.send[c] = (u8)below(&r, CAP_E);
		m.w[0] = w0;
		if (w0 == CKPT_AWAIT || w0 == CKPT_JOURNALED)
			m.w[1] = 0;
		if (w0 == CKPT_CRASH)
			m.w[1] |= 1ul << 40;
		if (w0 == CKPT_INTERVAL)
			m.w[1] |= TICKS_PER_S;
		message_call(CAP_CKPT, &m);
	}
	CHECK_OK(ckpt_interval(CAP_CKPT, 0));
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	CHECK_EQ(page_word(CAP_A, 0), 0);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a generation counts on", a_generation_counts_on },
		{ "the past is not waited for", the_past_is_not_waited_for },
		{ "a second one begins while the first is written",
		  a_second_begins_while_the_first_is_written },
		{ "many wait for one", many_wait_for_one },
		{ "a waiter may be destroyed", a_waiter_may_be_destroyed },
		{ "what is changed is dirty", what_is_changed_is_dirty },
		{ "the status is sound", the_status_is_sound },
		{ "one is taken by time", one_is_taken_by_time },
		{ "no such order", no_such_order },
		{ "wrong arguments", wrong_arguments },
		{ "garbage does no harm", garbage_does_no_harm },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
