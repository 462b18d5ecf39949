/*
 * The kernel's own objects, order by order (abi/orders.h): the right answer,
 * every error, and that an error answers nothing and changes nothing.
 */
#include <abi/inspect.h>

#include "memory.h"

#define IS(type) CHECK_EQ(cap_type_of(CAP_E, NULL), type)

/*
 * Calls with register E and a buffer to receive into, both of which hold
 * something; after an error both must be empty, and the words zero.
 */
static struct message answer;
static char answer_text[64];

static u64 ask(unsigned target, struct message m)
{
	CHECK_OK(process_set_cap(CAP_SELF, CAP_E, CAP_DISCRIM));
	m.receive[0] = CAP_E;
	m.buffer = answer_text;
	m.buffer_size = sizeof(answer_text);
	message_call(target, &m);
	answer = m;
	if (m.w[0] != RC_OK) {
		for (unsigned i = 1; i < MSG_WORDS; i++)
			CHECK_EQ(m.w[i], 0);
		CHECK_EQ(m.length, 0);
		IS(CT_VOID);
	}
	CHECK_EQ(m.badge, 0);
	return m.w[0];
}

static u64 order(unsigned target, u64 w0, u64 w1, u64 w2)
{
	return ask(target, (struct message){ .w = { w0, w1, w2, 99 } });
}

static u64 order_with(unsigned target, u64 w0, u64 w1, unsigned cap)
{
	return ask(target, (struct message){ .w = { w0, w1 },
					     .send = { (u8)cap } });
}

static u64 order_text(unsigned target, u64 w0, u64 w1, const void *text,
		      size_t size)
{
	return ask(target, (struct message){ .w = { w0, w1 }, .text = text,
					     .text_size = size });
}

/* Orders that no object knows. */
static void no_such_order(unsigned target, u64 first)
{
	const u64 some[] = { first, 99, ORDER_TYPE - 1, ORDER_TYPE + 1,
			     0x201, 1ul << 32, ~0ul };
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++) {
		AT("order 0x%lx", some[i]);
		CHECK_EQ(order(target, some[i], 1, 1), RC_ORDER);
	}
	AT_NONE();
}

static void is_of_type(unsigned target, enum cap_type type)
{
	CHECK_OK(order(target, ORDER_TYPE, 5, 5));
	CHECK_EQ(answer.w[1], type);
	CHECK_EQ(cap_type_of(target, NULL), type);
}

static void number_orders(void)
{
	static const u64 some[] = { 0, 1, 2, 0x80200000, 1ul << 63, ~0ul };
	node_new(SPAN_MIN, CAP_A);
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++) {
		CHECK_OK(order(CAP_A, NODE_SET_NUMBER, 3, some[i]));
		CHECK_OK(node_get(CAP_A, 3, CAP_B));
		CHECK_OK(order(CAP_B, NUMBER_READ, 0, 0));
		CHECK_EQ(answer.w[1], some[i]);
	}
	is_of_type(CAP_B, CT_NUMBER);
	no_such_order(CAP_B, NUMBER_READ + 1);
}

static void page_orders(void)
{
	char text[16] = "fifteen letters";
	page_new(CAP_A);
	page_new(CAP_B);
	is_of_type(CAP_A, CT_PAGE);
	no_such_order(CAP_A, PAGE_WRITE + 1);
	CHECK_EQ(page_word(CAP_A, 0), 0);
	CHECK_OK(order_text(CAP_A, PAGE_WRITE, 100, text, 16));
	CHECK_OK(order(CAP_A, PAGE_READ, 100, 16));
	CHECK_EQ(answer.length, 16);
	CHECK(memcmp(answer_text, text, 16) == 0);
	CHECK_OK(order_with(CAP_B, PAGE_COPY, 0, CAP_A));
	CHECK_EQ(page_word(CAP_B, 100), *(u64 *)text);
	CHECK_OK(order(CAP_A, PAGE_ZERO, 0, 0));
	CHECK_EQ(page_word(CAP_A, 100), 0);
	CHECK_EQ(page_word(CAP_B, 100), *(u64 *)text);
	CHECK_OK(order(CAP_B, PAGE_READONLY, 0, 0));
	IS(CT_PAGE);
}

static void page_limits(void)
{
	static char text[PAGE_SIZE];
	page_new(CAP_A);
	CHECK_OK(order(CAP_A, PAGE_READ, 4096, 0));
	CHECK_EQ(answer.length, 0);
	CHECK_OK(order(CAP_A, PAGE_READ, 0, 4096));
	CHECK_EQ(answer.length, sizeof(answer_text));
	CHECK_EQ(order(CAP_A, PAGE_READ, 4097, 0), RC_ARGUMENT);
	CHECK_EQ(order(CAP_A, PAGE_READ, 4096, 1), RC_ARGUMENT);
	CHECK_EQ(order(CAP_A, PAGE_READ, 1, ~0ul), RC_ARGUMENT);
	CHECK_EQ(order(CAP_A, PAGE_READ, ~0ul, 1), RC_ARGUMENT);
	CHECK_EQ(order(CAP_A, PAGE_READ, ~0ul, 2), RC_ARGUMENT);
	CHECK_OK(order_text(CAP_A, PAGE_WRITE, 4096, text, 0));
	memset(text, 7, sizeof(text));
	CHECK_EQ(order_text(CAP_A, PAGE_WRITE, 4095, text, 2), RC_ARGUMENT);
	CHECK_EQ(order_text(CAP_A, PAGE_WRITE, 4097, text, 0), RC_ARGUMENT);
	CHECK_EQ(order_text(CAP_A, PAGE_WRITE, ~0ul, text, 2), RC_ARGUMENT);
	CHECK_EQ(order_text(CAP_A, PAGE_WRITE, 1, text, 4096), RC_ARGUMENT);
	CHECK_EQ(page_word(CAP_A, 4088), 0);
	CHECK_OK(order_text(CAP_A, PAGE_WRITE, 0, text, 4096));
	CHECK_EQ(page_word(CAP_A, 4088), 0x0707070707070707);
}

static void page_copy_errors(void)
{
	page_new(CAP_A);
	page_set_word(CAP_A, 0, 5);
	CHECK_EQ(order_with(CAP_A, PAGE_COPY, 0, CAP_A), RC_ALIASED);
	CHECK_OK(page_readonly(CAP_A, CAP_B));
	CHECK_EQ(order_with(CAP_A, PAGE_COPY, 0, CAP_B), RC_ALIASED);
	CHECK_EQ(order_with(CAP_A, PAGE_COPY, 0, 0), RC_CAPTYPE);
	CHECK_EQ(order_with(CAP_A, PAGE_COPY, 0, CAP_KIT), RC_CAPTYPE);
	CHECK_EQ(order_with(CAP_A, PAGE_COPY, 0, CAP_SELF), RC_CAPTYPE);
	u64 gone = page_new(CAP_C);
	CHECK_OK(object_destroy(OK_PAGE, gone));
	CHECK_EQ(order_with(CAP_A, PAGE_COPY, 0, CAP_C), RC_CAPTYPE);
	CHECK_EQ(page_word(CAP_A, 0), 5);
}

static void node_slots(void)
{
	static const u64 outside[] = { 16, 17, 1ul << 32, ~0ul };
	node_new(SPAN_MIN, CAP_A);
	page_new(CAP_B);
	is_of_type(CAP_A, CT_NODE);
	no_such_order(CAP_A, NODE_METER + 1);
	for (u64 i = 0; i < NODE_SLOTS; i++) {
		AT("slot %lu", i);
		CHECK_OK(order(CAP_A, NODE_GET, i, 0));
		IS(CT_VOID);
		CHECK_OK(order_with(CAP_A, NODE_SET, i, CAP_B));
		CHECK_OK(order(CAP_A, NODE_GET, i, 0));
		IS(CT_PAGE);
		CHECK_OK(order_with(CAP_A, NODE_SWAP, i, CAP_SELF));
		IS(CT_PAGE);
		CHECK_OK(order_with(CAP_A, NODE_SWAP, i, 0));
		IS(CT_PROCESS);
		CHECK_OK(order(CAP_A, NODE_GET, i, 0));
		IS(CT_VOID);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(outside); i++) {
		AT("slot %lu", outside[i]);
		CHECK_EQ(order(CAP_A, NODE_GET, outside[i], 0), RC_ARGUMENT);
		CHECK_EQ(order_with(CAP_A, NODE_SET, outside[i], CAP_B),
			 RC_ARGUMENT);
		CHECK_EQ(order_with(CAP_A, NODE_SWAP, outside[i], CAP_B),
			 RC_ARGUMENT);
		CHECK_EQ(order(CAP_A, NODE_SET_NUMBER, outside[i], 1),
			 RC_ARGUMENT);
	}
}

static void node_clear_and_copy(void)
{
	node_new(16, CAP_A);
	node_new(SPAN_MIN, CAP_B);
	for (u64 i = 0; i < NODE_SLOTS; i += 2)
		CHECK_OK(node_set_number(CAP_A, i, i + 50));
	CHECK_OK(node_set(CAP_B, 1, CAP_SELF));
	CHECK_OK(order_with(CAP_B, NODE_COPY, 0, CAP_A));
	for (u64 i = 0; i < NODE_SLOTS; i++) {
		u64 value = 0;
		CHECK_OK(node_get(CAP_B, i, CAP_C));
		CHECK_EQ(number_read(CAP_C, &value), i & 1 ? RC_CAPTYPE : RC_OK);
		CHECK_EQ(value, i & 1 ? 0 : i + 50);
	}
	u64 span;
	CHECK_OK(node_span(CAP_B, &span));
	CHECK_EQ(span, SPAN_MIN);
	CHECK_OK(order(CAP_A, NODE_CLEAR, 0, 0));
	for (u64 i = 0; i < NODE_SLOTS; i++) {
		CHECK_OK(order(CAP_A, NODE_GET, i, 0));
		IS(CT_VOID);
	}
	CHECK_EQ(order_with(CAP_B, NODE_COPY, 0, CAP_B), RC_ALIASED);
	CHECK_EQ(order_with(CAP_B, NODE_COPY, 0, 0), RC_CAPTYPE);
	CHECK_EQ(order_with(CAP_B, NODE_COPY, 0, CAP_SELF), RC_CAPTYPE);
	CHECK_OK(node_meter(CAP_B, CAP_C));
	CHECK_EQ(order_with(CAP_A, NODE_COPY, 0, CAP_C), RC_CAPTYPE);
	u64 gone = node_new(SPAN_MIN, CAP_C);
	CHECK_OK(object_destroy(OK_NODE, gone));
	CHECK_EQ(order_with(CAP_B, NODE_COPY, 0, CAP_C), RC_CAPTYPE);
	CHECK_OK(order(CAP_B, NODE_GET, 0, 0));
	IS(CT_NUMBER);
}

static void node_spans(void)
{
	node_new(SPAN_MIN, CAP_A);
	for (u64 bits = 0; bits < 70; bits++) {
		bool good = bits == 12 || bits == 16 || bits == 20 ||
			    bits == 24 || bits == 28;
		u64 span;
		AT("span %lu", bits);
		CHECK_OK(node_set_span(CAP_A, 20));
		CHECK_EQ(order(CAP_A, NODE_SET_SPAN, bits, 0),
			 good ? RC_OK : RC_ARGUMENT);
		CHECK_OK(node_span(CAP_A, &span));
		CHECK_EQ(span, good ? bits : 20);
	}
	CHECK_EQ(order(CAP_A, NODE_SET_SPAN, 12 + (1ul << 32), 0), RC_ARGUMENT);
	CHECK_EQ(order(CAP_A, NODE_SET_SPAN, 12 + 256, 0), RC_ARGUMENT);
}

/* A node that names itself, and two that name each other. */
static void node_in_itself(void)
{
	u64 a = node_new(SPAN_MIN, CAP_A), b = node_new(SPAN_MIN, CAP_B);
	CHECK_OK(node_set(CAP_A, 0, CAP_A));
	CHECK_OK(node_set(CAP_A, 1, CAP_B));
	CHECK_OK(node_set(CAP_B, 0, CAP_A));
	CHECK_OK(order_with(CAP_A, NODE_COPY, 0, CAP_B));
	CHECK_OK(order_with(CAP_B, NODE_COPY, 0, CAP_A));
	CHECK_OK(node_set(CAP_A, 5, CAP_A));
	CHECK_OK(order_with(CAP_A, NODE_SWAP, 5, CAP_A));
	IS(CT_NODE);
	CHECK_OK(object_destroy(OK_NODE, a));
	CHECK_OK(node_get(CAP_B, 0, CAP_C));
	CHECK_EQ(cap_type_of(CAP_C, NULL), CT_VOID);
	CHECK_OK(object_destroy(OK_NODE, b));
	CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
}

static void meter_orders(void)
{
	node_new(SPAN_MIN, CAP_A);
	CHECK_OK(node_meter(CAP_A, CAP_B));
	is_of_type(CAP_B, CT_METER);
	no_such_order(CAP_B, METER_READ + 1);
	CHECK_OK(order(CAP_B, METER_READ, 0, 0));
	CHECK_EQ(answer.w[1], 0);
	CHECK_OK(node_set_number(CAP_A, METER_TICKS, 12345));
	CHECK_OK(order(CAP_B, METER_READ, 0, 0));
	CHECK_EQ(answer.w[1], 12345);
	CHECK_OK(node_set(CAP_A, METER_TICKS, CAP_A));
	CHECK_OK(order(CAP_B, METER_READ, 0, 0));
	CHECK_EQ(answer.w[1], 0);
}

static void schedule_orders(void)
{
	is_of_type(CAP_SCHEDULE, CT_SCHEDULE);
	no_such_order(CAP_SCHEDULE, SCHEDULE_MAKE + 1);
	for (u64 i = 0; i < PRIORITIES; i++) {
		CHECK_OK(schedule_make(i, 1000 + i, CAP_A));
		CHECK_OK(order(CAP_A, SCHEDULE_READ, 0, 0));
		CHECK_EQ(answer.w[1], i);
		CHECK_EQ(answer.w[2], 1000 + i);
	}
	CHECK_EQ(order(CAP_SCHEDULE, SCHEDULE_MAKE, 16, 0), RC_ARGUMENT);
	CHECK_EQ(order(CAP_SCHEDULE, SCHEDULE_MAKE, 0x10000, 0), RC_ARGUMENT);
	CHECK_EQ(order(CAP_SCHEDULE, SCHEDULE_MAKE, ~0ul, 0), RC_ARGUMENT);
	CHECK_OK(schedule_make(5, 0, CAP_A));
	CHECK_EQ(order(CAP_A, SCHEDULE_MAKE, 6, 0), RC_RIGHTS);
	CHECK_OK(order(CAP_A, SCHEDULE_MAKE, 5, 0));
	CHECK_OK(order(CAP_A, SCHEDULE_MAKE, 0, 0));
	IS(CT_SCHEDULE);
}

static void wait_orders(void)
{
	is_of_type(CAP_WAIT, CT_WAIT);
	no_such_order(CAP_WAIT, WAIT_UNTIL + 1);
	CHECK_OK(order(CAP_WAIT, WAIT_NOW, 0, 0));
	u64 now = answer.w[1];
	CHECK(now > 0);
	CHECK_OK(order(CAP_WAIT, WAIT_UNTIL, 0, 0));
	CHECK_OK(order(CAP_WAIT, WAIT_UNTIL, now, 0));
	CHECK_OK(order(CAP_WAIT, WAIT_UNTIL, now + 5 * TICKS_PER_MS, 0));
	CHECK(time_now() >= now + 5 * TICKS_PER_MS);
}

static void device_orders(void)
{
	static const char text[CONLOG_MAX + 1];
	kit(KIT_DEVICE, CAP_A);
	is_of_type(CAP_A, CT_DEVPAGE);
	no_such_order(CAP_A, DEVPAGE_ADDRESS + 1);
	CHECK_OK(order(CAP_A, DEVPAGE_ADDRESS, 0, 0));
	CHECK_EQ(answer.w[1], 0x101000);
	kit(KIT_IRQ, CAP_A);
	is_of_type(CAP_A, CT_IRQ);
	no_such_order(CAP_A, IRQ_LINE + 1);
	CHECK_OK(order(CAP_A, IRQ_LINE, 0, 0));
	CHECK_EQ(answer.w[1], 11);
	is_of_type(CAP_CONSOLE, CT_CONLOG);
	no_such_order(CAP_CONSOLE, CONLOG_WRITE + 1);
	CHECK_OK(order_text(CAP_CONSOLE, CONLOG_WRITE, 0, "", 0));
	CHECK_EQ(order_text(CAP_CONSOLE, CONLOG_WRITE, 0, text, sizeof(text)),
		 RC_STRING);
	kit(KIT_CHECKPOINT, CAP_A);
	is_of_type(CAP_A, CT_CHECKPOINT);
}

static void discrim_orders(void)
{
	u64 rights;
	is_of_type(CAP_DISCRIM, CT_DISCRIM);
	no_such_order(CAP_DISCRIM, DISCRIM_EQUAL + 1);
	CHECK_OK(order_with(CAP_DISCRIM, DISCRIM_TYPE, 0, 0));
	CHECK_EQ(answer.w[1], CT_VOID);
	page_new(CAP_A);
	CHECK_EQ(cap_type_of(CAP_A, &rights), CT_PAGE);
	CHECK_EQ(rights, 0);
	CHECK_OK(page_readonly(CAP_A, CAP_B));
	CHECK_EQ(cap_type_of(CAP_B, &rights), CT_PAGE);
	CHECK_EQ(rights, CR_READONLY);
	CHECK_OK(process_make_start(CAP_SELF, 3, CAP_C));
	CHECK_EQ(cap_type_of(CAP_C, NULL), CT_START);
	CHECK_EQ(cap_type_of(CAP_PAGES, NULL), CT_RANGE);
}

static bool same(unsigned a, unsigned b)
{
	CHECK_OK(ask(CAP_DISCRIM, (struct message){
					  .w = { DISCRIM_EQUAL },
					  .send = { (u8)a, (u8)b } }));
	CHECK(answer.w[1] <= 1);
	return answer.w[1];
}

static void equality(void)
{
	page_new(CAP_A);
	page_new(CAP_B);
	CHECK(same(CAP_A, CAP_A));
	CHECK(!same(CAP_A, CAP_B));
	CHECK(same(0, 0));
	CHECK(!same(0, CAP_A));
	CHECK_OK(range_make(CAP_PAGES, 0, CAP_C));
	CHECK(same(CAP_A, CAP_C));
	CHECK_OK(page_readonly(CAP_A, CAP_C));
	CHECK(!same(CAP_A, CAP_C));
	CHECK_OK(process_make_start(CAP_SELF, 1, CAP_C));
	CHECK_OK(process_make_start(CAP_SELF, 2, CAP_D));
	CHECK(!same(CAP_C, CAP_D));
	CHECK(!same(CAP_C, CAP_SELF));
	CHECK_OK(process_make_start(CAP_SELF, 1, CAP_D));
	CHECK(same(CAP_C, CAP_D));
	/* What is void by destruction equals what always was. */
	CHECK_OK(object_destroy(OK_PAGE, 0));
	CHECK_OK(object_destroy(OK_PAGE, 1));
	CHECK(same(CAP_A, CAP_B));
	CHECK(same(CAP_A, 0));
}

static void inspector_orders(void)
{
	struct inspect_machine machine;
	u64 index = 0;
	kit(KIT_INSPECTOR, CAP_A);
	is_of_type(CAP_A, CT_INSPECTOR);
	no_such_order(CAP_A, INSPECT_OBJECT + 1);
	CHECK_OK(inspect(CAP_A, INSPECT_MACHINE, &index, 0, &machine,
			 sizeof(machine)));
	CHECK(machine.harts >= 1);
	CHECK(machine.transactions > 0);
	for (u64 w0 = INSPECT_PROCESS; w0 <= INSPECT_POOL; w0++) {
		u64 i = 0;
		AT("order %lu", w0);
		while (order(CAP_A, w0, i, 0) == RC_OK)
			CHECK(i++ < 1000);
		CHECK(i > 0);
		CHECK_EQ(answer.w[0], RC_LIMIT);
		CHECK_EQ(order(CAP_A, w0, 1ul << 32, 0), RC_LIMIT);
		CHECK_EQ(order(CAP_A, w0, ~0ul, 0), RC_LIMIT);
	}
	CHECK_EQ(order(CAP_A, INSPECT_TRACE, 0, 8), RC_LIMIT);
	CHECK_EQ(order(CAP_A, INSPECT_TRACE, 0, ~0ul), RC_LIMIT);
	CHECK_EQ(order(CAP_A, INSPECT_TRACE, ~0ul, 0), RC_LIMIT);
	CHECK_EQ(order(CAP_A, INSPECT_DISK, 1, 0), RC_LIMIT);
	for (u64 kind = 0; kind < OK_COUNT; kind++) {
		CHECK_OK(order(CAP_A, INSPECT_OBJECT, 0, kind));
		CHECK_EQ(order(CAP_A, INSPECT_OBJECT, 1ul << 32, kind),
			 RC_LIMIT);
	}
	CHECK_EQ(order(CAP_A, INSPECT_OBJECT, 0, OK_COUNT), RC_LIMIT);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "number", number_orders },
		{ "page", page_orders },
		{ "page: limits", page_limits },
		{ "page: copies refused", page_copy_errors },
		{ "node: slots", node_slots },
		{ "node: clear and copy", node_clear_and_copy },
		{ "node: spans", node_spans },
		{ "node: in itself", node_in_itself },
		{ "meter", meter_orders },
		{ "schedule", schedule_orders },
		{ "wait", wait_orders },
		{ "devices", device_orders },
		{ "discriminator", discrim_orders },
		{ "equality", equality },
		{ "inspector", inspector_orders },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
