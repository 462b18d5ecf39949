/*
 * Ranges: making, destroying, telling apart.  An object that was destroyed is
 * void in every capability to it, for good; its OID begins anew.
 */
#include "memory.h"

static u64 type_of(unsigned cap)
{
	return cap_type_of(cap, NULL);
}

static u64 order(unsigned target, u64 w0, u64 w1, u64 w2, unsigned to)
{
	struct message m = { .w = { w0, w1, w2 }, .receive = { (u8)to } };
	return message_call(target, &m);
}

/* Void to all that can be asked of it. */
static void is_void(unsigned cap)
{
	AT("register %u", cap);
	CHECK_EQ(type_of(cap), CT_VOID);
	for (u64 w0 = 0; w0 < 12; w0++) {
		struct message m = { .w = { w0, 1, 16 }, .send = { CAP_SELF } };
		CHECK_EQ(message_call(cap, &m), RC_VOID);
		CHECK_EQ(m.w[1], 0);
	}
	CHECK_EQ(call4(cap, ORDER_TYPE, 0, 0, 0).w1, CT_VOID);
	AT_NONE();
}

static void a_destroyed_page(void)
{
	u64 page = page_new(CAP_A);
	page_set_word(CAP_A, 0, 1);
	CHECK_OK(page_readonly(CAP_A, CAP_B));
	node_new(SPAN_MIN, CAP_C);
	CHECK_OK(node_set(CAP_C, 0, CAP_A));
	CHECK_OK(node_set(CAP_C, 1, CAP_B));
	CHECK_OK(order(CAP_C, NODE_WEAK, 0, 0, CAP_D));
	CHECK_OK(node_get(CAP_D, 0, CAP_D));
	CHECK_OK(object_destroy(OK_PAGE, page));
	is_void(CAP_A);
	is_void(CAP_B);
	is_void(CAP_D);
	CHECK_OK(node_get(CAP_C, 0, CAP_E));
	is_void(CAP_E);
	/* The next page of this name is empty, and the old names stay void. */
	CHECK_OK(range_make(CAP_PAGES, page, CAP_E));
	CHECK_EQ(page_word(CAP_E, 0), 0);
	page_set_word(CAP_E, 0, 2);
	is_void(CAP_A);
	is_void(CAP_B);
	CHECK_OK(node_get(CAP_C, 1, CAP_D));
	is_void(CAP_D);
	CHECK_EQ(page_word(CAP_E, 0), 2);
}

static void a_destroyed_node(void)
{
	u64 span, node = node_new(20, CAP_A);
	CHECK_OK(node_set_number(CAP_A, 3, 33));
	CHECK_OK(node_set(CAP_A, 4, CAP_A));
	CHECK_OK(order(CAP_A, NODE_READONLY, 0, 0, CAP_B));
	CHECK_OK(order(CAP_A, NODE_WEAK, 0, 0, CAP_C));
	CHECK_OK(node_meter(CAP_A, CAP_D));
	CHECK_OK(object_destroy(OK_NODE, node));
	is_void(CAP_A);
	is_void(CAP_B);
	is_void(CAP_C);
	is_void(CAP_D);
	CHECK_OK(range_make(CAP_NODES, node, CAP_E));
	CHECK_OK(node_span(CAP_E, &span));
	CHECK_EQ(span, SPAN_MIN);
	for (u64 i = 0; i < NODE_SLOTS; i++) {
		CHECK_OK(node_get(CAP_E, i, CAP_TMP));
		CHECK_EQ(type_of(CAP_TMP), CT_VOID);
	}
	is_void(CAP_A);
	is_void(CAP_D);
}

/* Answers every call with its own words. */
static void rest(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;)
		message_reply_wait(CAP_E, &m);
}

static void a_destroyed_process(void)
{
	struct proc_regs regs;
	u64 process = thread_start(rest, MAIN_PRIORITY + 1, CAP_A, 0, 0);
	CHECK_OK(process_set_cap(CAP_A, 5, CAP_SELF));
	CHECK_OK(process_make_start(CAP_A, 0, CAP_B));
	CHECK_OK(process_make_start(CAP_A, 0xffff, CAP_C));
	CHECK_EQ(call4(CAP_B, 4, 5, 6, 7).w0, 4);
	CHECK_OK(object_destroy(OK_PROCESS, process));
	is_void(CAP_A);
	is_void(CAP_B);
	is_void(CAP_C);
	CHECK_OK(range_make(CAP_PROCESSES, process, CAP_D));
	CHECK_EQ(process_state(CAP_D), PST_AVAILABLE);
	CHECK_OK(process_get_regs(CAP_D, &regs));
	for (unsigned i = 0; i < 32; i++)
		CHECK_EQ(regs.x[i], 0);
	CHECK_EQ(regs.pc, 0);
	for (u64 i = 0; i < CAP_REGS; i++) {
		CHECK_OK(order(CAP_D, PROC_GET_CAP, i, 0, CAP_E));
		CHECK_EQ(type_of(CAP_E), CT_VOID);
	}
	for (u64 i = 0; i < PS_COUNT; i++) {
		CHECK_OK(order(CAP_D, PROC_GET_SLOT, i, 0, CAP_E));
		CHECK_EQ(type_of(CAP_E), CT_VOID);
	}
	is_void(CAP_A);
	is_void(CAP_C);
}

/* It runs in a circle when it is destroyed, here or on another hart. */
static u64 rounds;

static void run(u64 w0, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		add(&rounds, 1 + 0 * (w0 + w1 + w2 + w3));
}

static void a_running_process(void)
{
	for (unsigned i = 0; i < 4; i++) {
		u64 before;
		store(&rounds, 0);
		u64 process = thread_start(run, MAIN_PRIORITY, CAP_A, 0, 0);
		AWAIT(load(&rounds) > 0);
		CHECK_OK(object_destroy(OK_PROCESS, process));
		is_void(CAP_A);
		before = load(&rounds);
		pause();
		CHECK_EQ(load(&rounds), before);
	}
}

/* Callers that stall on a destroyed process are told. */
#define CALLERS 5
static u64 results[THREADS_MAX];

static void call(u64 me, u64 w1, u64 w2, u64 w3)
{
	store(&results[me], call4(CAP_C, w1, w2, w3, 0).w0);
}

static void its_callers_are_told(void)
{
	u64 process = thread_start(run, MAIN_PRIORITY - 1, CAP_A, 0, 0);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_B));
	for (u64 i = 1; i <= CALLERS; i++) {
		store(&results[i], ~0ul);
		thread_new(call, MAIN_PRIORITY + 1, CAP_D);
		CHECK_OK(process_set_cap(CAP_D, CAP_C, CAP_B));
		thread_send(CAP_D, i, 0, 0, 0);
		AWAIT(is_stalled_on(i, "t0"));
	}
	CHECK_OK(object_destroy(OK_PROCESS, process));
	for (u64 i = 1; i <= CALLERS; i++) {
		AT("caller %lu", i);
		AWAIT(load(&results[i]) == RC_VOID);
	}
}

/* A caller that stalls, or waits, is destroyed itself. */
static void a_destroyed_caller(void)
{
	thread_start(run, MAIN_PRIORITY - 1, CAP_A, 0, 0);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_B));
	for (u64 i = 1; i <= 3; i++) {
		thread_new(call, MAIN_PRIORITY + 1, CAP_D);
		CHECK_OK(process_set_cap(CAP_D, CAP_C, CAP_B));
		store(&results[i], ~0ul);
		thread_send(CAP_D, i, 0, 0, 0);
		AWAIT(is_stalled_on(i, "t0"));
	}
	CHECK_EQ(thread_look(0).callers, 3);
	CHECK_OK(object_destroy(OK_PROCESS, 2));
	CHECK_EQ(thread_look(0).callers, 2);
	thread_restart(CAP_A, 0, rest);
	AWAIT(load(&results[1]) != ~0ul && load(&results[3]) != ~0ul);
	CHECK_EQ(load(&results[2]), ~0ul);
}

/* Who destroys itself is never heard of again. */
static void leave(u64 process, u64 w1, u64 w2, u64 w3)
{
	call4(CAP_PROCESSES, RANGE_DESTROY, process, w1, w2 + w3);
	add(&rounds, 1);
	thread_rest();
}

static void who_destroys_itself(void)
{
	store(&rounds, 0);
	u64 process = thread_new(leave, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(process_set_cap(CAP_A, CAP_PROCESSES, CAP_PROCESSES));
	thread_send(CAP_A, process, 0, 0, 0);
	AWAIT(type_of(CAP_A) == CT_VOID);
	is_void(CAP_A);
	pause();
	CHECK_EQ(load(&rounds), 0);
}

/* More copies than one step of a destruction undoes. */
static void many_copies(void)
{
	u64 page = page_new(CAP_A);
	for (unsigned n = 0; n < 12; n++) {
		node_new(SPAN_MIN, CAP_B);
		for (u64 i = 0; i < NODE_SLOTS; i++)
			CHECK_OK(node_set(CAP_B, i, CAP_A));
	}
	CHECK_OK(object_destroy(OK_PAGE, page));
	for (unsigned n = 0; n < 12; n++) {
		CHECK_OK(range_make(CAP_NODES, n, CAP_B));
		for (u64 i = 0; i < NODE_SLOTS; i++) {
			CHECK_OK(node_get(CAP_B, i, CAP_C));
			CHECK_EQ(type_of(CAP_C), CT_VOID);
		}
	}
}

static void an_oid_used_again_and_again(void)
{
	page_new(CAP_A);
	for (u64 i = 1; i < 30; i++) {
		CHECK_OK(range_make(CAP_PAGES, 0, CAP_B));
		CHECK_EQ(page_word(CAP_B, 0), 0);
		page_set_word(CAP_B, 0, i);
		CHECK_OK(object_destroy(OK_PAGE, 0));
		CHECK_EQ(type_of(CAP_A), CT_VOID);
		CHECK_EQ(type_of(CAP_B), CT_VOID);
	}
}

static void range_limits(void)
{
	static const u64 beyond[] = { 0, 1, 1ul << 32, 1ul << 63 };
	const unsigned ranges[] = { CAP_PAGES, CAP_NODES, CAP_PROCESSES };
	for (unsigned k = 0; k < OK_COUNT; k++) {
		struct words size = call4(ranges[k], RANGE_SIZE, 0, 0, 0);
		CHECK_EQ(size.w0, RC_OK);
		CHECK_EQ(size.w2, k);
		CHECK_EQ(type_of(ranges[k]), CT_RANGE);
		for (unsigned i = 0; i < ARRAY_SIZE(beyond); i++) {
			u64 at = size.w1 + beyond[i];
			AT("kind %u, offset %lu", k, at);
			CHECK_EQ(order(ranges[k], RANGE_MAKE, at, 0, CAP_A),
				 RC_ARGUMENT);
			CHECK_EQ(type_of(CAP_A), CT_VOID);
			CHECK_EQ(range_destroy(ranges[k], at), RC_ARGUMENT);
		}
		CHECK_EQ(order(ranges[k], RANGE_MAKE, ~0ul, 0, CAP_A),
			 RC_ARGUMENT);
		CHECK_EQ(order(ranges[k], RANGE_SIZE + 1, 0, 0, CAP_A),
			 RC_ORDER);
		CHECK_OK(order(ranges[k], RANGE_MAKE, size.w1 - 1, 0, CAP_A));
	}
}

static void range_identifies(void)
{
	u64 offset = 99;
	page_new(CAP_A);
	page_new(CAP_A);
	node_new(SPAN_MIN, CAP_B);
	thread_new(rest, MAIN_PRIORITY, CAP_C);
	CHECK_OK(range_identify(CAP_PAGES, CAP_A, &offset));
	CHECK_EQ(offset, 1);
	CHECK_OK(range_identify(CAP_NODES, CAP_B, &offset));
	CHECK_EQ(offset, 0);
	CHECK_OK(range_identify(CAP_PROCESSES, CAP_C, &offset));
	CHECK_EQ(range_identify(CAP_PAGES, CAP_B, &offset), RC_CAPTYPE);
	CHECK_EQ(range_identify(CAP_NODES, CAP_C, &offset), RC_CAPTYPE);
	CHECK_EQ(range_identify(CAP_PROCESSES, CAP_A, &offset), RC_CAPTYPE);
	CHECK_EQ(range_identify(CAP_PAGES, 0, &offset), RC_CAPTYPE);
	CHECK_EQ(range_identify(CAP_PAGES, CAP_PAGES, &offset), RC_CAPTYPE);
	CHECK_OK(process_make_start(CAP_C, 0, CAP_D));
	CHECK_EQ(range_identify(CAP_PROCESSES, CAP_D, &offset), RC_CAPTYPE);
	/* The test's own process and its kit are not of the ranges. */
	CHECK_EQ(range_identify(CAP_PROCESSES, CAP_SELF, &offset), RC_ARGUMENT);
	CHECK_EQ(range_identify(CAP_NODES, CAP_KIT, &offset), RC_ARGUMENT);
	CHECK_OK(object_destroy(OK_PAGE, 1));
	CHECK_EQ(range_identify(CAP_PAGES, CAP_A, &offset), RC_CAPTYPE);
}

static u64 split(unsigned range, u64 offset, u64 count, unsigned to)
{
	return order(range, RANGE_SPLIT, offset, count, to);
}

static void range_splits(void)
{
	u64 count, offset;
	CHECK_OK(range_size(CAP_PAGES, &count));
	CHECK_OK(split(CAP_PAGES, 4, 3, CAP_A));
	CHECK_OK(range_size(CAP_A, &offset));
	CHECK_EQ(offset, 3);
	CHECK_OK(range_make(CAP_A, 2, CAP_B));
	CHECK_OK(range_identify(CAP_PAGES, CAP_B, &offset));
	CHECK_EQ(offset, 6);
	CHECK_OK(range_identify(CAP_A, CAP_B, &offset));
	CHECK_EQ(offset, 2);
	CHECK_EQ(range_make(CAP_A, 3, CAP_B), RC_ARGUMENT);
	CHECK_EQ(split(CAP_A, 2, 2, CAP_B), RC_ARGUMENT);
	CHECK_EQ(split(CAP_A, 4, 0, CAP_B), RC_ARGUMENT);
	CHECK_EQ(split(CAP_A, ~0ul, 2, CAP_B), RC_ARGUMENT);
	CHECK_EQ(split(CAP_A, 1, ~0ul, CAP_B), RC_ARGUMENT);
	CHECK_EQ(split(CAP_A, 1, 1ul << 32, CAP_B), RC_ARGUMENT);
	CHECK_EQ(type_of(CAP_B), CT_VOID);
	CHECK_OK(split(CAP_A, 3, 0, CAP_B));
	CHECK_EQ(range_make(CAP_B, 0, CAP_C), RC_ARGUMENT);
	CHECK_OK(split(CAP_PAGES, 0, count, CAP_B));
	page_new(CAP_C);
	CHECK_OK(range_make(CAP_A, 0, CAP_D));
	CHECK_OK(range_destroy(CAP_A, 0));
	CHECK_EQ(type_of(CAP_D), CT_VOID);
	CHECK_EQ(type_of(CAP_C), CT_PAGE);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a destroyed page", a_destroyed_page },
		{ "a destroyed node", a_destroyed_node },
		{ "a destroyed process", a_destroyed_process },
		{ "a running process", a_running_process },
		{ "its callers are told", its_callers_are_told },
		{ "a destroyed caller", a_destroyed_caller },
		{ "who destroys itself", who_destroys_itself },
		{ "many copies", many_copies },
		{ "an OID used again and again",
		  an_oid_used_again_and_again },
		{ "ranges: limits", range_limits },
		{ "ranges: identify", range_identifies },
		{ "ranges: split", range_splits },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
