/* Read-only and weak capabilities to pages and nodes. */
#include "memory.h"

static u64 order(unsigned target, u64 w0, u64 w1, unsigned cap, unsigned to)
{
	struct message m = { .w = { w0, w1, SPAN_MIN }, .send = { (u8)cap },
			     .receive = { (u8)to } };
	return message_call(target, &m);
}

static u64 rights_of(unsigned cap, enum cap_type type)
{
	u64 rights;
	CHECK_EQ(cap_type_of(cap, &rights), type);
	return rights;
}

static void a_readonly_page(void)
{
	page_new(CAP_A);
	page_new(CAP_B);
	page_set_word(CAP_A, 8, 77);
	CHECK_OK(page_readonly(CAP_A, CAP_C));
	CHECK_EQ(rights_of(CAP_C, CT_PAGE), CR_READONLY);
	CHECK_EQ(order(CAP_C, PAGE_ZERO, 0, 0, 0), RC_RIGHTS);
	CHECK_EQ(order(CAP_C, PAGE_COPY, 0, CAP_B, 0), RC_RIGHTS);
	CHECK_EQ(order(CAP_C, PAGE_WRITE, 0, 0, 0), RC_RIGHTS);
	CHECK_EQ(order(CAP_C, PAGE_WRITE, ~0ul, 0, 0), RC_RIGHTS);
	CHECK_EQ(page_word(CAP_C, 8), 77);
	CHECK_OK(page_copy(CAP_B, CAP_C));
	CHECK_EQ(page_word(CAP_B, 8), 77);
	CHECK_OK(page_readonly(CAP_C, CAP_D));
	CHECK_EQ(rights_of(CAP_D, CT_PAGE), CR_READONLY);
}

static void a_readonly_node(void)
{
	static const u64 orders[] = { NODE_SET, NODE_SWAP, NODE_CLEAR,
				      NODE_COPY, NODE_SET_SPAN,
				      NODE_SET_NUMBER, NODE_METER };
	u64 span;
	node_new(16, CAP_A);
	node_new(16, CAP_B);
	page_new(CAP_C);
	CHECK_OK(node_set(CAP_A, 12, CAP_C));
	CHECK_OK(order(CAP_A, NODE_READONLY, 0, 0, CAP_D));
	CHECK_EQ(rights_of(CAP_D, CT_NODE), CR_READONLY);
	for (unsigned i = 0; i < ARRAY_SIZE(orders); i++) {
		AT("order %lu", orders[i]);
		CHECK_EQ(order(CAP_D, orders[i], 12, CAP_B, CAP_E), RC_RIGHTS);
		CHECK_EQ(cap_type_of(CAP_E, NULL), CT_VOID);
	}
	CHECK_OK(node_span(CAP_D, &span));
	CHECK_EQ(span, 16);
	/* What is in it comes out as it is. */
	CHECK_OK(node_get(CAP_D, 12, CAP_E));
	CHECK_EQ(rights_of(CAP_E, CT_PAGE), 0);
	CHECK_OK(node_copy(CAP_B, CAP_D));
	CHECK_OK(node_get(CAP_B, 12, CAP_E));
	CHECK_EQ(rights_of(CAP_E, CT_PAGE), 0);
	CHECK_OK(order(CAP_D, NODE_READONLY, 0, 0, CAP_E));
	CHECK_EQ(rights_of(CAP_E, CT_NODE), CR_READONLY);
}

/* One slot for each type of capability; what a weak fetch makes of it. */
static const struct {
	enum cap_type in, out;
	u64 rights;
} weakened[] = {
	{ CT_VOID, CT_VOID, 0 },
	{ CT_NUMBER, CT_NUMBER, 0 },
	{ CT_PAGE, CT_PAGE, CR_READONLY | CR_WEAK },
	{ CT_NODE, CT_NODE, CR_READONLY | CR_WEAK },
	{ CT_PROCESS, CT_VOID, 0 },
	{ CT_START, CT_VOID, 0 },
	{ CT_SCHEDULE, CT_VOID, 0 },
	{ CT_METER, CT_VOID, 0 },
	{ CT_RANGE, CT_VOID, 0 },
	{ CT_IRQ, CT_VOID, 0 },
	{ CT_DEVPAGE, CT_VOID, 0 },
	{ CT_WAIT, CT_VOID, 0 },
	{ CT_CHECKPOINT, CT_VOID, 0 },
	{ CT_CONLOG, CT_VOID, 0 },
	{ CT_INSPECTOR, CT_VOID, 0 },
	{ CT_DISCRIM, CT_VOID, 0 },
};

/* Fills the node in A with one capability of each of those types. */
static void fill(void)
{
	static const u8 registers[] = {
		[CT_PROCESS] = CAP_SELF, [CT_SCHEDULE] = CAP_SCHEDULE,
		[CT_RANGE] = CAP_PAGES,	 [CT_WAIT] = CAP_WAIT,
		[CT_CONLOG] = CAP_CONSOLE, [CT_DISCRIM] = CAP_DISCRIM,
		[CT_PAGE] = CAP_B,	 [CT_NODE] = CAP_C,
	};
	static const u8 slots[] = {
		[CT_IRQ] = KIT_IRQ, [CT_DEVPAGE] = KIT_DEVICE,
		[CT_NUMBER] = KIT_SEED, [CT_CHECKPOINT] = KIT_CHECKPOINT,
		[CT_INSPECTOR] = KIT_INSPECTOR,
	};
	node_new(SPAN_MIN, CAP_A);
	page_new(CAP_B);
	node_new(SPAN_MIN, CAP_C);
	for (unsigned i = 1; i < ARRAY_SIZE(weakened); i++) {
		enum cap_type type = weakened[i].in;
		unsigned from = CAP_TMP;
		if (type < ARRAY_SIZE(registers) && registers[type])
			from = registers[type];
		else if (type == CT_START)
			CHECK_OK(process_make_start(CAP_SELF, 1, CAP_TMP));
		else if (type == CT_METER)
			CHECK_OK(node_meter(CAP_C, CAP_TMP));
		else
			CHECK_OK(kit(slots[type], CAP_TMP));
		CHECK_OK(node_set(CAP_A, i, from));
	}
}

static void expect_weakened(unsigned node, unsigned to)
{
	for (unsigned i = 0; i < ARRAY_SIZE(weakened); i++) {
		AT("type %u", weakened[i].in);
		CHECK_OK(node_get(node, i, to));
		CHECK_EQ(rights_of(to, weakened[i].out), weakened[i].rights);
	}
	AT_NONE();
}

static void a_weak_node_weakens(void)
{
	fill();
	for (unsigned i = 0; i < ARRAY_SIZE(weakened); i++) {
		CHECK_OK(node_get(CAP_A, i, CAP_D));
		CHECK_EQ(cap_type_of(CAP_D, NULL), weakened[i].in);
	}
	CHECK_OK(order(CAP_A, NODE_WEAK, 0, 0, CAP_D));
	CHECK_EQ(rights_of(CAP_D, CT_NODE), CR_READONLY | CR_WEAK);
	expect_weakened(CAP_D, CAP_E);
	CHECK_EQ(order(CAP_D, NODE_SET, 0, CAP_B, 0), RC_RIGHTS);
	CHECK_EQ(order(CAP_D, NODE_METER, 0, 0, CAP_E), RC_RIGHTS);
}

/* Weakness goes all the way down, and can be neither dropped nor copied. */
static void weakness_is_inherited(void)
{
	fill();
	node_new(16, CAP_D);
	CHECK_OK(node_set(CAP_D, 0, CAP_A));
	CHECK_OK(order(CAP_D, NODE_WEAK, 0, 0, CAP_D));
	CHECK_OK(node_get(CAP_D, 0, CAP_D));
	expect_weakened(CAP_D, CAP_E);
	CHECK_OK(order(CAP_D, NODE_READONLY, 0, 0, CAP_D));
	CHECK_EQ(rights_of(CAP_D, CT_NODE), CR_READONLY | CR_WEAK);
	expect_weakened(CAP_D, CAP_E);
	node_new(SPAN_MIN, CAP_B);
	CHECK_OK(node_copy(CAP_B, CAP_D));
	expect_weakened(CAP_B, CAP_E);
}

static void a_weak_page(void)
{
	node_new(SPAN_MIN, CAP_A);
	page_new(CAP_B);
	page_set_word(CAP_B, 0, 31);
	CHECK_OK(node_set(CAP_A, 0, CAP_B));
	CHECK_OK(order(CAP_A, NODE_WEAK, 0, 0, CAP_A));
	CHECK_OK(node_get(CAP_A, 0, CAP_C));
	CHECK_EQ(rights_of(CAP_C, CT_PAGE), CR_READONLY | CR_WEAK);
	CHECK_EQ(order(CAP_C, PAGE_ZERO, 0, 0, 0), RC_RIGHTS);
	CHECK_EQ(order(CAP_C, PAGE_WRITE, 0, 0, 0), RC_RIGHTS);
	CHECK_EQ(order(CAP_C, PAGE_COPY, 0, CAP_B, 0), RC_RIGHTS);
	CHECK_EQ(page_word(CAP_C, 0), 31);
	CHECK_OK(page_readonly(CAP_C, CAP_D));
	CHECK_EQ(rights_of(CAP_D, CT_PAGE), CR_READONLY | CR_WEAK);
}

/* Readonly of a weak node is weak; weak of a read-only one too. */
static void rights_only_shrink(void)
{
	node_new(SPAN_MIN, CAP_A);
	CHECK_OK(order(CAP_A, NODE_READONLY, 0, 0, CAP_B));
	CHECK_OK(order(CAP_B, NODE_WEAK, 0, 0, CAP_C));
	CHECK_EQ(rights_of(CAP_C, CT_NODE), CR_READONLY | CR_WEAK);
	CHECK_OK(order(CAP_C, NODE_READONLY, 0, 0, CAP_D));
	CHECK_EQ(rights_of(CAP_D, CT_NODE), CR_READONLY | CR_WEAK);
	CHECK_EQ(rights_of(CAP_A, CT_NODE), 0);
}

/* The range tells what rights a capability has, and gives all again. */
static void ranges_see_rights(void)
{
	struct message m = { .w = { RANGE_IDENTIFY }, .send = { CAP_B } };
	page_new(CAP_A);
	CHECK_OK(page_readonly(CAP_A, CAP_B));
	CHECK_OK(message_call(CAP_PAGES, &m));
	CHECK_EQ(m.w[1], 0);
	CHECK_EQ(m.w[2], CR_READONLY);
	CHECK_OK(range_make(CAP_PAGES, 0, CAP_B));
	CHECK_EQ(rights_of(CAP_B, CT_PAGE), 0);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a read-only page", a_readonly_page },
		{ "a read-only node", a_readonly_node },
		{ "a weak node weakens", a_weak_node_weakens },
		{ "weakness is inherited", weakness_is_inherited },
		{ "a weak page", a_weak_page },
		{ "rights only shrink", rights_only_shrink },
		{ "ranges see rights", ranges_see_rights },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
