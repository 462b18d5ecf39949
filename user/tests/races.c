/*
 * Several processes at the same objects: what one destroys another copies,
 * invokes, maps or is called through.  Nothing stale survives, nothing hangs.
 */
#include "memory.h"

#define WORKERS 4
#define ROUNDS 24
#define AREA PLACE

static u64 done, stop, rounds[THREADS_MAX];

static u64 order(unsigned target, u64 w0, u64 w1, unsigned send, unsigned to)
{
	struct message m = { .w = { w0, w1 }, .send = { (u8)send },
			     .receive = { (u8)to } };
	return message_call(target, &m);
}

/* A worker, with what the cases share: A to D as the test has them now. */
static void worker(void (*function)(u64, u64, u64, u64), u64 w1)
{
	u64 me = thread_new(function, MAIN_PRIORITY - 1, CAP_E);
	for (unsigned i = CAP_A; i <= CAP_D; i++)
		CHECK_OK(process_set_cap(CAP_E, i, i));
	CHECK_OK(process_set_cap(CAP_E, CAP_DISCRIM, CAP_DISCRIM));
	CHECK_OK(process_set_cap(CAP_E, CAP_WAIT, CAP_WAIT));
	CHECK_OK(process_set_cap(CAP_E, CAP_PAGES, CAP_PAGES));
	CHECK_OK(process_set_cap(CAP_E, CAP_NODES, CAP_NODES));
	CHECK_OK(process_set_cap(CAP_E, CAP_PROCESSES, CAP_PROCESSES));
	CHECK_OK(process_set_cap(CAP_E, CAP_SELF, CAP_E));
	store(&rounds[me], 0);
	thread_send(CAP_E, me, w1, 0, 0);
}

static void begin(void)
{
	store(&done, 0);
	store(&stop, 0);
}

static void end(u64 workers)
{
	store(&stop, 1);
	AWAIT(load(&done) == workers);
}

static noreturn void worker_done(void)
{
	add(&done, 1);
	thread_rest();
}

/* Takes a page's capability from slot to slot, from register to register. */
static void copy_around(u64 me, u64 w1, u64 w2, u64 w3)
{
	for (u64 i = me + w1 + w2 + w3; !load(&stop); i++) {
		order(CAP_A, NODE_GET, i % NODE_SLOTS, 0, CAP_E);
		order(CAP_A, NODE_SET, (i * 7 + 3) % NODE_SLOTS, CAP_E, 0);
		order(CAP_SELF, PROC_SET_CAP, CAP_D, CAP_E, 0);
		order(CAP_A, NODE_SWAP, (i * 3) % NODE_SLOTS, CAP_D, CAP_E);
		add(&rounds[me], 1);
	}
	worker_done();
}

/* An object is destroyed and made again while its capabilities are copied. */
static void destroy_while_copied(enum obj_kind kind)
{
	u64 offset = object_new(kind, CAP_B);
	node_new(SPAN_MIN, CAP_A);
	begin();
	for (u64 i = 0; i < WORKERS; i++)
		worker(copy_around, i);
	for (u64 i = 0; i < ROUNDS; i++) {
		CHECK_OK(range_make(range_of[kind], offset, CAP_B));
		for (u64 slot = 0; slot < NODE_SLOTS; slot += 3)
			CHECK_OK(node_set(CAP_A, slot, CAP_B));
		CHECK_OK(object_destroy(kind, offset));
		CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
	}
	end(WORKERS);
	for (u64 slot = 0; slot < NODE_SLOTS; slot++) {
		CHECK_OK(node_get(CAP_A, slot, CAP_B));
		CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
	}
}

static void a_page_is_destroyed_while_copied(void)
{
	destroy_while_copied(OK_PAGE);
}

static void a_node_is_destroyed_while_copied(void)
{
	destroy_while_copied(OK_NODE);
}

static void a_process_is_destroyed_while_copied(void)
{
	destroy_while_copied(OK_PROCESS);
}

/* Calls all that stands in the node in A, whatever it is. */
static void call_all(u64 me, u64 w1, u64 w2, u64 w3)
{
	for (u64 i = me; !load(&stop); i++) {
		order(CAP_A, NODE_GET, i % NODE_SLOTS, 0, CAP_E);
		u64 result = call4(CAP_E, ORDER_TYPE, w1, w2, w3).w0;
		HELPER_CHECK(result == RC_OK || result == RC_VOID);
		add(&rounds[me], 1);
	}
	worker_done();
}

static void answer_ok(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;) {
		m.w[0] = RC_OK;
		message_reply_wait(CAP_E, &m);
	}
}

/*
 * A server is destroyed while many call it: each gets an answer or is told;
 * but whose call it had taken waits for ever, and is looked after here.
 */
static void a_server_is_destroyed(void)
{
	u64 server = thread_new(answer_ok, MAIN_PRIORITY - 1, CAP_B);
	node_new(SPAN_MIN, CAP_A);
	begin();
	for (u64 i = 0; i < WORKERS; i++)
		worker(call_all, 0);
	for (u64 i = 0; i < ROUNDS; i++) {
		unsigned made = test.made[OK_PROCESS];
		test.made[OK_PROCESS] = (unsigned)server;
		thread_new(answer_ok, MAIN_PRIORITY - 1, CAP_B);
		test.made[OK_PROCESS] = made;
		CHECK_OK(process_make_start(CAP_B, (u16)i, CAP_C));
		for (u64 slot = 0; slot < NODE_SLOTS; slot++)
			CHECK_OK(node_set(CAP_A, slot, CAP_C));
		pause();
		CHECK_OK(object_destroy(OK_PROCESS, server));
		for (u64 w = server + 1; w <= server + WORKERS; w++) {
			CHECK_OK(range_make(CAP_PROCESSES, w, CAP_D));
			if (process_state(CAP_D) == PST_WAITING &&
			    process_resume(CAP_D, CAP_E) == RC_OK)
				message_send(CAP_E, &(struct message){
							    .w = { RC_VOID } });
		}
	}
	end(WORKERS);
}

/* Copies a node onto another, and back, and pages likewise. */
static void copy_objects(u64 me, u64 count, u64 w2, u64 w3)
{
	for (u64 i = 0; i < count + w2 + w3; i++) {
		bool forth = (i ^ me) & 1;
		u64 result = node_copy(forth ? CAP_A : CAP_B,
				       forth ? CAP_B : CAP_A);
		HELPER_CHECK(result == RC_OK);
		result = page_copy(forth ? CAP_C : CAP_D,
				   forth ? CAP_D : CAP_C);
		HELPER_CHECK(result == RC_OK);
	}
	worker_done();
}

/* Pages are copied as a whole: all words of one are equal. */
static void objects_are_copied_as_a_whole(void)
{
	static u64 words[PAGE_SIZE / sizeof(u64)];
	node_new(SPAN_MIN, CAP_A);
	node_new(SPAN_MIN, CAP_B);
	page_new(CAP_C);
	page_new(CAP_D);
	begin();
	for (u64 i = 0; i < WORKERS; i++)
		worker(copy_objects, ROUNDS);
	for (u64 i = 0; load(&done) < WORKERS; i++) {
		for (u64 k = 0; k < ARRAY_SIZE(words); k++)
			words[k] = i;
		CHECK_OK(page_write(i & 1 ? CAP_C : CAP_D, 0, words,
				    sizeof(words)));
		CHECK_OK(page_read(i & 2 ? CAP_C : CAP_D, 0, words,
				   sizeof(words)));
		for (u64 k = 1; k < ARRAY_SIZE(words); k++)
			CHECK_EQ(words[k], words[0]);
		CHECK_OK(node_set_number(i & 1 ? CAP_A : CAP_B, i % NODE_SLOTS,
					 i));
		pause();
	}
}

/* Adds by GET and SET of one owner's slot: no update of another is lost. */
static void own_slot(u64 me, u64 count, u64 w2, u64 w3)
{
	u64 slot = me % NODE_SLOTS;
	for (u64 i = 1; i <= count; i++) {
		u64 result = node_set_number(CAP_A, slot, i + w2 + w3);
		HELPER_CHECK(result == RC_OK);
		result = node_get(CAP_A, slot, CAP_E);
		HELPER_CHECK(result == RC_OK);
		HELPER_CHECK(call4(CAP_E, NUMBER_READ, 0, 0, 0).w1 == i);
	}
	worker_done();
}

static void slots_are_independent(void)
{
	node_new(SPAN_MIN, CAP_A);
	begin();
	for (u64 i = 0; i < WORKERS; i++)
		worker(own_slot, ROUNDS);
	AWAIT(load(&done) == WORKERS);
}

/* SWAP is atomic: tokens are neither lost nor doubled. */
static void swap_tokens(u64 me, u64 count, u64 w2, u64 w3)
{
	order(CAP_SELF, PROC_SET_CAP, CAP_E, 0, 0);
	for (u64 i = 0; i < count + w2 + w3; i++) {
		u64 result = order(CAP_A, NODE_SWAP, (i * 5 + me) % 4, CAP_E,
				   CAP_E);
		HELPER_CHECK(result == RC_OK);
	}
	/* Put down what is held, in a place of one's own. */
	HELPER_CHECK(node_set(CAP_A, 8 + me % 8, CAP_E) == RC_OK);
	worker_done();
}

static void tokens_are_swapped(void)
{
	u64 seen = 0;
	node_new(SPAN_MIN, CAP_A);
	for (u64 i = 0; i < 4; i++)
		CHECK_OK(node_set_number(CAP_A, i, 1ul << (8 * i)));
	begin();
	for (u64 i = 0; i < WORKERS; i++)
		worker(swap_tokens, ROUNDS);
	AWAIT(load(&done) == WORKERS);
	for (u64 i = 0; i < NODE_SLOTS; i++) {
		u64 value = 0;
		CHECK_OK(node_get(CAP_A, i, CAP_B));
		number_read(CAP_B, &value);
		seen += value;
	}
	CHECK_EQ(seen, 0x01010101);
}

/* Has the kernel write into memory that is being exchanged. */
static void read_strings(u64 me, u64 address, u64 w2, u64 w3)
{
	while (!load(&stop)) {
		struct message m = { .w = { PAGE_READ, 0, 4096, w2 + w3 },
				     .buffer = (void *)address,
				     .buffer_size = 8 };
		u64 result = message_call(CAP_C, &m);
		HELPER_CHECK(result == RC_OK);
		add(&rounds[me], 1);
	}
	worker_done();
}

/* Everything about one leaf node changes while others look through it. */
static void use_memory(u64 me, u64 address, u64 w2, u64 w3)
{
	u64 *word = (u64 *)(address + w2 + w3);
	while (!load(&stop)) {
		u64 value = load(word);
		HELPER_CHECK(value == 1 || value == 2);
		add(&rounds[me], 1);
	}
	worker_done();
}

static void memory_changes_under_readers(void)
{
	place_new(AREA, CAP_A);
	for (u64 i = 0; i < 2; i++) {
		page_new(CAP_B);
		page_set_word(CAP_B, 0, i + 1);
		place(AREA, CAP_A, CAP_B);
	}
	page_new(CAP_C);
	page_set_word(CAP_C, 0, 1);
	begin();
	for (u64 i = 0; i < WORKERS; i++)
		worker(use_memory, AREA);
	worker(read_strings, AREA);
	for (u64 i = 0; i < ROUNDS; i++) {
		CHECK_OK(range_make(CAP_PAGES, i & 1, CAP_B));
		place(AREA, CAP_A, CAP_B);
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(AREA), CAP_A));
		u64 before = load(&rounds[i % WORKERS]);
		if (i % 8 == 0)
			AWAIT(load(&rounds[i % WORKERS]) > before);
	}
	end(WORKERS + 1);
}

/* Makes and destroys its own objects, as fast as it can. */
static void make_and_destroy(u64 me, u64 count, u64 w2, u64 w3)
{
	for (u64 i = 0; i < count + w2 + w3; i++) {
		u64 offset = 64 + me;
		HELPER_CHECK(range_make(CAP_NODES, 32 + me, CAP_A) == RC_OK);
		HELPER_CHECK(range_make(CAP_PAGES, offset, CAP_B) == RC_OK);
		HELPER_CHECK(node_set(CAP_A, 3, CAP_B) == RC_OK);
		HELPER_CHECK(node_set(CAP_A, 4, CAP_A) == RC_OK);
		HELPER_CHECK(page_zero(CAP_B) == RC_OK);
		HELPER_CHECK(range_destroy(CAP_PAGES, offset) == RC_OK);
		HELPER_CHECK(page_zero(CAP_B) == RC_VOID);
		HELPER_CHECK(range_destroy(CAP_NODES, 32 + me) == RC_OK);
	}
	worker_done();
}

static void all_make_and_destroy(void)
{
	begin();
	for (u64 i = 0; i < WORKERS; i++)
		worker(make_and_destroy, ROUNDS);
	AWAIT(load(&done) == WORKERS);
}

/* All destroy the same objects. */
static void destroy_the_same(u64 me, u64 count, u64 w2, u64 w3)
{
	for (u64 i = 0; i < count + w2 + w3; i++) {
		u64 a = range_destroy(CAP_PAGES, 40 + i % 2);
		u64 b = range_destroy(CAP_NODES, 40 + i % 2);
		u64 c = range_destroy(CAP_PROCESSES, 20 + i % 2);
		HELPER_CHECK((a | b | c) == RC_OK);
		range_make(CAP_PROCESSES, 20 + i % 2, CAP_B);
		process_set_cap(CAP_B, 5, CAP_B);
		add(&rounds[me], 1);
	}
	worker_done();
}

static void all_destroy_the_same(void)
{
	begin();
	for (u64 i = 0; i < WORKERS; i++)
		worker(destroy_the_same, ROUNDS / 2);
	AWAIT(load(&done) == WORKERS);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a page is destroyed while copied",
		  a_page_is_destroyed_while_copied },
		{ "a node is destroyed while copied",
		  a_node_is_destroyed_while_copied },
		{ "a process is destroyed while copied",
		  a_process_is_destroyed_while_copied },
		{ "a server is destroyed", a_server_is_destroyed },
		{ "objects are copied as a whole",
		  objects_are_copied_as_a_whole },
		{ "slots are independent", slots_are_independent },
		{ "tokens are swapped", tokens_are_swapped },
		{ "memory changes under readers",
		  memory_changes_under_readers },
		{ "all make and destroy", all_make_and_destroy },
		{ "all destroy the same", all_destroy_the_same },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
