/*
 * Mappings: what was derived from a tree follows every change of it, at once,
 * on this hart and on others; and room for it is found again.
 */
#include "probe.h"

#define CAP_PROBE CAP_B
#define CAP_PROBER CAP_C
#define AREA PLACE            /* where cases put things: 16 pages */
#define OTHER (PLACE + 0x10000)

static struct probe_answer at(void *function, u64 address, u64 value)
{
	return probe(CAP_PROBE, function, address, value);
}

/* Pages 0 and 1, marked; page 0 at AREA; the leaf node in A. */
static void setup(void)
{
	probe_new(CAP_A, CAP_PROBE, CAP_PROBER);
	place_new(AREA, CAP_A);
	for (u64 i = 0; i < 2; i++) {
		page_new(CAP_D);
		page_set_word(CAP_D, 0, 100 + i);
	}
	CHECK_OK(range_make(CAP_PAGES, 0, CAP_D));
	CHECK_OK(range_make(CAP_PAGES, 1, CAP_E));
	place(AREA, CAP_A, CAP_D);
	CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
	CHECK_EQ(at(probe_store64, AREA, 100).fault, FAULT_NONE);
}

static u64 order(unsigned target, u64 w0, u64 w1, unsigned cap)
{
	struct message m = { .w = { w0, w1 }, .send = { (u8)cap },
			     .receive = { CAP_TMP } };
	return message_call(target, &m);
}

static void a_slot_changes(void)
{
	setup();
	for (unsigned i = 0; i < 3; i++) {
		place(AREA, CAP_A, CAP_E);
		CHECK_EQ(at(probe_load64, AREA, 0).value, 101);
		place(AREA, CAP_A, CAP_D);
		CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
		place(AREA, CAP_A, 0);
		CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_READ);
		CHECK_OK(order(CAP_A, NODE_SWAP, 0, CAP_E));
		CHECK_EQ(at(probe_load64, AREA, 0).value, 101);
		CHECK_OK(call4(CAP_A, NODE_SET_NUMBER, 0, 1, 0).w0);
		CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_TREE);
		CHECK_OK(order(CAP_A, NODE_SET, 0, CAP_E));
		CHECK_EQ(at(probe_load64, AREA, 0).value, 101);
		CHECK_OK(order(CAP_A, NODE_CLEAR, 0, 0));
		CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_READ);
		place(AREA, CAP_A, CAP_D);
		CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
	}
}

static void rights_change(void)
{
	setup();
	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(at(probe_store64, AREA, 100).fault, FAULT_NONE);
		CHECK_OK(page_readonly(CAP_D, CAP_TMP));
		place(AREA, CAP_A, CAP_TMP);
		CHECK_EQ(at(probe_store64, AREA, 7).fault, FAULT_READONLY);
		CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
		place(AREA, CAP_A, CAP_D);
	}
}

static void a_node_is_copied_onto(void)
{
	setup();
	node_new(LEAF_SPAN, CAP_TMP);
	CHECK_OK(node_set(CAP_TMP, 0, CAP_E));
	CHECK_OK(node_set(CAP_TMP, 1, CAP_D));
	CHECK_OK(node_copy(CAP_A, CAP_TMP));
	CHECK_EQ(at(probe_load64, AREA, 0).value, 101);
	CHECK_EQ(at(probe_load64, AREA + PAGE_SIZE, 0).value, 100);
}

static void a_span_changes(void)
{
	setup();
	CHECK_OK(node_set_span(CAP_A, 16));
	CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_TREE);
	CHECK_OK(node_set_span(CAP_A, LEAF_SPAN));
	CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
}

/* The slot above: the whole leaf node is taken away and put elsewhere. */
static void a_subtree_moves(void)
{
	setup();
	for (unsigned i = 0; i < 3; i++) {
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(AREA), 0));
		CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_READ);
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(OTHER), CAP_A));
		CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_READ);
		CHECK_EQ(at(probe_load64, OTHER, 0).value, 100);
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(AREA), CAP_A));
		CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
		/* Now both: a change shows in both places. */
		place(AREA, CAP_A, CAP_E);
		CHECK_EQ(at(probe_load64, AREA, 0).value, 101);
		CHECK_EQ(at(probe_load64, OTHER, 0).value, 101);
		place(AREA, CAP_A, CAP_D);
		CHECK_EQ(at(probe_load64, OTHER, 0).value, 100);
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(OTHER), 0));
		CHECK_EQ(at(probe_load64, OTHER, 0).fault, FAULT_READ);
		CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
	}
}

static void objects_in_use_are_destroyed(void)
{
	setup();
	place(AREA + PAGE_SIZE, CAP_A, CAP_D);
	CHECK_EQ(at(probe_load64, AREA + PAGE_SIZE, 0).value, 100);
	CHECK_OK(object_destroy(OK_PAGE, 0));
	CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_READ);
	CHECK_EQ(at(probe_store64, AREA + PAGE_SIZE, 0).fault, FAULT_WRITE);
	CHECK_OK(range_make(CAP_PAGES, 0, CAP_D));
	CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_READ);
	place(AREA, CAP_A, CAP_E);
	CHECK_EQ(at(probe_load64, AREA, 0).value, 101);
	CHECK_OK(object_destroy(OK_NODE, 0));
	CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_READ);
	CHECK_OK(range_make(CAP_NODES, 0, CAP_A));
	CHECK_EQ(at(probe_load64, AREA, 0).fault, FAULT_READ);
	CHECK_EQ(page_word(CAP_E, 0), 101);
}

/* The prober gets a root of its own, a copy of the tests'. */
static void own_root(unsigned to)
{
	node_new(ROOT_SPAN, to);
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(node_copy(to, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_PROBER, PS_SPACE, to));
}

static u64 refuse_and_count(void)
{
	return RC_STATE;
}

/* The root of a space in use goes: nothing is left to execute. */
static void a_root_in_use_is_destroyed(void)
{
	setup();
	own_root(CAP_D);
	CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
	probe_repair = refuse_and_count;
	probe_faults = 0;
	CHECK_OK(object_destroy(OK_NODE, 1));
	CHECK_EQ(cap_type_of(CAP_D, NULL), CT_VOID);
	struct message m = { .w = { (u64)probe_load64, AREA } };
	message_send(CAP_PROBE, &m);
	AWAIT(load(&probe_faults) == 1);
	CHECK_EQ(probe_noted.fault, FAULT_FETCH);
	CHECK_EQ(probe_noted.address, probe_noted.pc);
}

/* A process destroys its own root while it runs in it. */
static void run_into_nothing(u64 w0, u64 offset, u64 w2, u64 w3)
{
	call4(CAP_NODES, RANGE_DESTROY, offset, w0 + w2, w3);
	add(&probe_faults, 100);
}

static void ones_own_root_is_destroyed(void)
{
	setup();
	probe_repair = refuse_and_count;
	own_root(CAP_D);
	CHECK_OK(process_set_cap(CAP_PROBER, CAP_NODES, CAP_NODES));
	thread_aim(CAP_PROBER, 1, run_into_nothing);
	probe_faults = 0;
	thread_send(CAP_PROBER, 0, 1, 0, 0);
	AWAIT(load(&probe_faults) == 1);
	CHECK_EQ(probe_noted.fault, FAULT_FETCH);
}

/* Changing the space slot of a process, its own or another's. */
static void change_own_space(u64 w0, u64 w1, u64 w2, u64 w3)
{
	u64 *word = (u64 *)AREA, before = *word;
	process_set_slot(CAP_SELF, PS_SPACE, CAP_A);
	struct message m = { .w = { before, *word + w0 + w1 + w2 + w3 } };
	message_reply_wait(CAP_E, &m);
}

static void a_process_changes_its_space(void)
{
	setup();
	node_new(ROOT_SPAN, CAP_TMP);
	CHECK_OK(process_set_cap(CAP_PROBER, CAP_A, CAP_TMP));
	CHECK_OK(process_set_cap(CAP_PROBER, CAP_SELF, CAP_PROBER));
	CHECK_OK(process_set_cap(CAP_SELF, CAP_D, CAP_TMP));
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(node_copy(CAP_D, CAP_TMP));
	node_new(LEAF_SPAN, CAP_TMP);
	CHECK_OK(node_set(CAP_TMP, 0, CAP_E));
	CHECK_OK(node_set(CAP_D, ROOT_SLOT(AREA), CAP_TMP));
	thread_aim(CAP_PROBER, 1, change_own_space);
	struct message m = { 0 };
	message_call(CAP_PROBE, &m);
	CHECK_EQ(m.w[0], 100);
	CHECK_EQ(m.w[1], 101);
}

/*
 * Other harts: readers look at a page all the time, while the page that stands
 * there is exchanged.  A page gets its number before it is put there, and what
 * the reader must see at least is published when NODE_SET has returned.
 */
#define READERS 6
#define EXCHANGES 24
static u64 published, reads[READERS], stop_reading;

static void reader(u64 me, u64 address, u64 w2, u64 w3)
{
	u64 *word = (u64 *)(address + w2 + w3);
	while (!load(&stop_reading)) {
		u64 least = load(&published);
		HELPER_CHECK(load(word) >= least);
		add(&reads[me], 1);
	}
}

static void start_readers(void)
{
	store(&stop_reading, 0);
	store(&published, 0);
	for (u64 i = 0; i < READERS; i++) {
		store(&reads[i], 0);
		thread_start(reader, MAIN_PRIORITY, CAP_C, i, AREA);
	}
}

static void stop_readers(void)
{
	store(&stop_reading, 1);
	for (u64 i = 0; i < READERS; i++)
		CHECK(load(&reads[i]) > 0);
}

static void readers_see_each_page(void)
{
	place_new(AREA, CAP_A);
	for (u64 i = 0; i < 3; i++)
		page_new(CAP_D);
	place(AREA, CAP_A, CAP_D);
	start_readers();
	for (u64 i = 1; i <= EXCHANGES; i++) {
		u64 before = load(&reads[i % READERS]);
		CHECK_OK(range_make(CAP_PAGES, i % 3, CAP_D));
		page_set_word(CAP_D, 0, i);
		place(AREA, CAP_A, CAP_D);
		store(&published, i);
		AWAIT(load(&reads[i % READERS]) > before);
	}
	stop_readers();
}

/* The same by the slot above: a whole node is exchanged. */
static void readers_see_each_node(void)
{
	for (u64 i = 0; i < 2; i++) {
		place_new(AREA, CAP_A);
		page_new(CAP_D);
		place(AREA, CAP_A, CAP_D);
	}
	start_readers();
	for (u64 i = 1; i <= EXCHANGES; i++) {
		u64 before = load(&reads[i % READERS]);
		CHECK_OK(range_make(CAP_PAGES, i % 2, CAP_D));
		CHECK_OK(range_make(CAP_NODES, i % 2, CAP_A));
		page_set_word(CAP_D, 0, i);
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(AREA), CAP_A));
		store(&published, i);
		AWAIT(load(&reads[i % READERS]) > before);
	}
	stop_readers();
}

/* A word that everyone writes as fast as he can, in every copy of a space. */
static void writer(u64 address, u64 count, u64 w2, u64 w3)
{
	for (u64 i = 0; i < count; i++)
		add((u64 *)(address + w2 + w3), 1);
	add(&published, 1);
}

static void a_shared_page(void)
{
	place_new(AREA, CAP_A);
	page_new(CAP_D);
	place(AREA, CAP_A, CAP_D);
	store(&published, 0);
	for (u64 i = 0; i < 4; i++) {
		thread_new(writer, MAIN_PRIORITY, CAP_PROBER);
		own_root(CAP_E);
		CHECK_OK(kit(KIT_KEEPER, CAP_TMP));
		thread_send(CAP_PROBER, AREA, 1000, 0, 0);
	}
	AWAIT(load(&published) == 4);
	CHECK_EQ(page_word(CAP_D, 0), 4000);
}

/*
 * More spaces than the kernel has room for: it has one for each process of the
 * image.  The prober goes through them, twice.
 */
#define SPACES 40

static void more_spaces_than_fit(void)
{
	setup();
	for (u64 i = 0; i < SPACES; i++) {
		AT("space %lu", i);
		own_root(CAP_D);
		CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
		CHECK_EQ(at(probe_load64, OTHER, 0).fault, FAULT_READ);
	}
	for (u64 i = 0; i < SPACES; i++) {
		AT("space %lu again", i);
		CHECK_OK(range_make(CAP_NODES, 1 + i, CAP_D));
		CHECK_OK(process_set_slot(CAP_PROBER, PS_SPACE, CAP_D));
		CHECK_EQ(at(probe_load64, AREA, 0).value, 100);
		place(AREA, CAP_A, CAP_E);
		CHECK_EQ(at(probe_load64, AREA, 0).value, 101);
		CHECK_OK(range_make(CAP_PAGES, 0, CAP_D));
		place(AREA, CAP_A, CAP_D);
	}
}

/*
 * One page at more addresses than there are mapping references, in one space:
 * two for each page and node of the image.
 */
#define MANY 700

static u64 touch(u64 base, u64 count, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6,
		 u64 step)
{
	u64 sum = a2 + a3 + a4 + a5 + a6;
	for (u64 i = 0; i < count; i++)
		sum += load((u64 *)(base + i * step));
	return sum;
}

static void more_mappings_than_fit(void)
{
	setup();
	/* 16 pages that are one, 16 nodes that are one, and again. */
	for (u64 i = 0; i < NODE_SLOTS; i++)
		CHECK_OK(node_set(CAP_A, i, CAP_D));
	own_root(CAP_E);
	for (unsigned span = 16; span <= 24; span += NODE_BITS) {
		node_new(span, CAP_TMP);
		for (u64 i = 0; i < NODE_SLOTS; i++)
			CHECK_OK(node_set(CAP_TMP, i, CAP_A));
		CHECK_OK(process_set_cap(CAP_SELF, CAP_A, CAP_TMP));
	}
	node_new(28, CAP_D);
	CHECK_OK(node_set(CAP_D, 0, CAP_E));
	CHECK_OK(node_set(CAP_D, 1, CAP_A));
	CHECK_OK(process_set_slot(CAP_PROBER, PS_SPACE, CAP_D));
	for (u64 step = PAGE_SIZE; step <= 1ul << 18; step <<= 3) {
		struct message m = { .w = { (u64)touch, 1ul << 28, MANY, step } };
		AT("step 0x%lx", step);
		message_call(CAP_PROBE, &m);
		CHECK_EQ(m.w[0], 100 * MANY);
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a slot changes", a_slot_changes },
		{ "rights change", rights_change },
		{ "a node is copied onto", a_node_is_copied_onto },
		{ "a span changes", a_span_changes },
		{ "a subtree moves", a_subtree_moves },
		{ "objects in use are destroyed",
		  objects_in_use_are_destroyed },
		{ "a root in use is destroyed", a_root_in_use_is_destroyed },
		{ "one's own root is destroyed", ones_own_root_is_destroyed },
		{ "a process changes its space",
		  a_process_changes_its_space },
		{ "readers see each page", readers_see_each_page },
		{ "readers see each node", readers_see_each_node },
		{ "a shared page", a_shared_page },
		{ "more spaces than fit", more_spaces_than_fit },
		{ "more mappings than fit", more_mappings_than_fit },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
