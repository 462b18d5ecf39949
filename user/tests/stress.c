/*
 * Everything at once: messages, slots that are swapped, objects copied and
 * destroyed, memory that is remapped and that does not fit, processes stopped
 * amid it, and checkpoints.  Each helper checks what must be so in whatever
 * order things happen, and does a fixed amount of work; there are no limits in
 * time, so a machine may be as slow as it likes.
 */
#include <base/rand.h>
#include <checkpoint.h>

#include "memory.h"

#define ROUNDS 16
#define CHECKPOINTS 3
#define PAGERS 2
#define AREA_PAGES 16
#define AREA(i) (PLACE + AREA_PAGES * PAGE_SIZE * (i))
#define AREA_MAPPED AREA(PAGERS)
#define TOKENS 4
#define NAP_MOST (100 * TICKS_PER_US)

/* What helpers share, by its offset in its range, in the order in which it is
   made: the first two pages and nodes are copied, the next mapped. */
enum page {
	PAGE_COPIED = 0,
	PAGE_MAPPED = 2, /* full of the word 1, and of 2 */
	PAGE_JOURNALED = 4,
	PAGE_AREA = 5,
	PAGE_SHORT_LIVED = PAGE_AREA + PAGERS * AREA_PAGES,
};

enum node {
	NODE_COPIED = 0,
	NODE_SHARED = 2, /* tokens, and what is destroyed */
	NODE_MAPPED = 3,
	NODE_AREA = 4,
	NODE_SHORT_LIVED = NODE_AREA + PAGERS,
};

/* The helpers, by their offset; the first three are not waited for. */
enum helper {
	SERVER,
	RUNNER,
	READER,
	FIRST_BOUND,
	FIRST_PAGER = FIRST_BOUND,
	HELPERS = FIRST_PAGER + PAGERS + 11,
	PROCESS_SHORT_LIVED = HELPERS,
};

enum slot_shared {
	SLOT_TOKEN = 0,
	SLOT_KEPT = 4, /* what who swaps has in the end, two of them */
	SLOT_DESTROYED = 8,
};

static u64 done, stop;
static struct rand draws[HELPERS];

static noreturn void helper_done(void)
{
	add(&done, 1);
	thread_rest();
}

/* Gives way to others, for as long as the seed says. */
static void nap(u64 me)
{
	time_wait_until(time_now() + rand_next(&draws[me]) % NAP_MOST);
}

static u64 send_to(unsigned target, u64 w0, u64 w1, unsigned cap, unsigned to)
{
	struct message m = { .w = { w0, w1 },
			     .send = { (u8)cap },
			     .receive = { (u8)to } };
	return message_call(target, &m);
}

static void get_shared(u64 first_node, u64 first_page)
{
	HELPER_CHECK(range_make(CAP_NODES, first_node, CAP_A) == RC_OK);
	HELPER_CHECK(range_make(CAP_NODES, first_node + 1, CAP_B) == RC_OK);
	HELPER_CHECK(range_make(CAP_PAGES, first_page, CAP_C) == RC_OK);
	HELPER_CHECK(range_make(CAP_PAGES, first_page + 1, CAP_D) == RC_OK);
}

/* Answers with what it was told, one more. */
static void serve(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;) {
		m.w[0] = m.w[1] + 1;
		message_reply_wait(CAP_E, &m);
	}
}

/* Calls the server in A: each answer is that to the question. */
static void call_server(u64 me, u64 w1, u64 w2, u64 w3)
{
	HELPER_CHECK(range_make(CAP_PROCESSES, SERVER, CAP_A) == RC_OK);
	HELPER_CHECK(process_make_start(CAP_A, (u16)me, CAP_A) == RC_OK);
	for (u64 i = 0; i < 4 * ROUNDS; i++) {
		HELPER_CHECK(call4(CAP_A, w1, i, w2, w3).w0 == i + 1);
		if (i % 4 == 0)
			nap(me);
	}
	helper_done();
}

/* Swaps what it has for what a slot has: nothing is lost, nothing doubled. */
static void swap_tokens(u64 me, u64 kept, u64 w2, u64 w3)
{
	HELPER_CHECK(range_make(CAP_NODES, NODE_SHARED, CAP_A) == RC_OK);
	for (u64 i = 0; i < 4 * ROUNDS + w2 + w3; i++) {
		u64 slot = SLOT_TOKEN + (i * 5 + me) % TOKENS;
		u64 result = send_to(CAP_A, NODE_SWAP, slot, CAP_E, CAP_E);
		HELPER_CHECK(result == RC_OK);
		if (i % 4 == 0)
			nap(me);
	}
	HELPER_CHECK(node_set(CAP_A, (unsigned)kept, CAP_E) == RC_OK);
	helper_done();
}

/* Copies one object onto the other: a page is always full of one word. */
static void copy_objects(u64 me, u64 which, u64 w2, u64 w3)
{
	static u64 words[2][PAGE_SIZE / sizeof(u64)];
	u64 *mine = words[which & 1];
	get_shared(NODE_COPIED, PAGE_COPIED);
	for (u64 i = 0; i < ROUNDS + w2 + w3; i++) {
		bool forth = (i ^ me) & 1;
		unsigned page = forth ? CAP_C : CAP_D;
		HELPER_CHECK(node_copy(forth ? CAP_A : CAP_B,
				       forth ? CAP_B : CAP_A) == RC_OK);
		for (unsigned w = 0; w < ARRAY_SIZE(words[0]); w++)
			mine[w] = i << 8 | me;
		HELPER_CHECK(page_write(page, 0, mine, PAGE_SIZE) == RC_OK);
		HELPER_CHECK(page_copy(page, forth ? CAP_D : CAP_C) == RC_OK);
		HELPER_CHECK(page_read(page, 0, mine, PAGE_SIZE) == RC_OK);
		for (unsigned w = 1; w < ARRAY_SIZE(words[0]); w++)
			HELPER_CHECK(mine[w] == mine[0]);
		nap(me);
	}
	helper_done();
}

/* Makes objects, lets others have them, and destroys them. */
static void destroy(u64 me, u64 w1, u64 w2, u64 w3)
{
	static const struct {
		unsigned range;
		u64 offset;
	} victims[] = { { CAP_PAGES, PAGE_SHORT_LIVED },
			{ CAP_NODES, NODE_SHORT_LIVED },
			{ CAP_PROCESSES, PROCESS_SHORT_LIVED } };
	HELPER_CHECK(range_make(CAP_NODES, NODE_SHARED, CAP_A) == RC_OK);
	for (u64 i = 0; i < 4 * ROUNDS + w1 + w2 + w3; i++) {
		u64 k = (i + me) % ARRAY_SIZE(victims);
		unsigned range = victims[k].range;
		u64 at = victims[k].offset, slot = SLOT_DESTROYED + i % 8;
		HELPER_CHECK(range_make(range, at, CAP_B) == RC_OK);
		HELPER_CHECK(node_set(CAP_A, (unsigned)slot, CAP_B) == RC_OK);
		HELPER_CHECK(range_destroy(range, at) == RC_OK);
		HELPER_CHECK(cap_type_of(CAP_B, NULL) == CT_VOID);
		HELPER_CHECK(node_get(CAP_A, (unsigned)slot, CAP_B) == RC_OK);
		HELPER_CHECK(cap_type_of(CAP_B, NULL) == CT_VOID);
		if (i % 4 == 0)
			nap(me);
	}
	helper_done();
}

static u64 change(unsigned object, enum cap_type type)
{
	struct proc_regs regs = { 0 };
	switch (type) {
	case CT_PAGE:
		return page_zero(object);
	case CT_NODE:
		return node_set(object, 3, object);
	case CT_PROCESS:
		return process_set_regs(object, &regs);
	default:
		return RC_VOID;
	}
}

/* Uses them meanwhile: they are there, or void. */
static void visit(u64 me, u64 w1, u64 w2, u64 w3)
{
	HELPER_CHECK(range_make(CAP_NODES, NODE_SHARED, CAP_A) == RC_OK);
	for (u64 i = 0; i < 8 * ROUNDS; i++) {
		unsigned slot = SLOT_DESTROYED + i % 8;
		HELPER_CHECK(node_get(CAP_A, slot, CAP_B) == RC_OK);
		struct words is = call4(CAP_B, ORDER_TYPE, w1, w2, w3);
		HELPER_CHECK(is.w0 == RC_OK || is.w0 == RC_VOID);
		u64 result = change(CAP_B, (enum cap_type)is.w1);
		HELPER_CHECK(result == RC_OK || result == RC_VOID);
		if (i % 8 == 0)
			nap(me);
	}
	helper_done();
}

/* Takes turns with two pages at one address, where others read. */
static void remap(u64 me, u64 w1, u64 w2, u64 w3)
{
	get_shared(NODE_MAPPED, PAGE_MAPPED);
	for (u64 i = 0; i < 4 * ROUNDS + w1 + w2 + w3; i++) {
		HELPER_CHECK(node_set(CAP_A, LEAF_SLOT(AREA_MAPPED),
				      i & 1 ? CAP_C : CAP_D) == RC_OK);
		if (i % 4 == 0)
			nap(me);
	}
	helper_done();
}

static void read_remapped(u64 me, u64 w1, u64 w2, u64 w3)
{
	for (u64 i = me; !load(&stop); i++) {
		u64 word = load((u64 *)AREA_MAPPED + i % 512);
		HELPER_CHECK(word == 1 || word == 2 + w1 + w2 + w3);
	}
	thread_rest();
}

/* Writes all pages of an area, round after round; each keeps what it had. */
static void use_area(u64 me, u64 address, u64 first_page, u64 w3)
{
	HELPER_CHECK(range_make(CAP_PAGES, first_page, CAP_A) == RC_OK);
	for (u64 i = 0; i < ROUNDS / 2; i++) {
		for (u64 k = 0; k < AREA_PAGES; k++) {
			u64 *word = (u64 *)(address + k * PAGE_SIZE) + me;
			u64 was = i ? i << 16 | k << 8 | me : 0;
			HELPER_CHECK(load(word) == was + w3);
			store(word, (i + 1) << 16 | k << 8 | me);
		}
		u64 word, wanted = (i + 1) << 16 | me;
		HELPER_CHECK(page_read(CAP_A, me * sizeof(word), &word,
				       sizeof(word)) == RC_OK);
		HELPER_CHECK(word == wanted);
		nap(me);
	}
	helper_done();
}

/* Counts two registers up, one after the other; they begin at 0. */
static noreturn void count(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	asm volatile("1: addi s2, s2, 1\n\t"
		     "addi s3, s3, 1\n\t"
		     "j 1b" ::
			     : "s2", "s3");
	__builtin_unreachable();
}

static bool keep_step(const struct proc_regs *r)
{
	return r->x[18] == r->x[19] || r->x[18] == r->x[19] + 1;
}

/*
 * Stops the runner, who stands still then; changes its registers, and lets it
 * go on from there.
 */
static void stop_runner(u64 *least)
{
	struct proc_regs a, b;
	HELPER_CHECK(range_make(CAP_PROCESSES, RUNNER, CAP_A) == RC_OK);
	HELPER_CHECK(process_stop(CAP_A, CAP_B) == RC_OK);
	HELPER_CHECK(process_get_regs(CAP_A, &a) == RC_OK);
	HELPER_CHECK(keep_step(&a) && a.x[18] >= *least);
	a.x[18] += 1000;
	a.x[19] += 1000;
	HELPER_CHECK(process_set_regs(CAP_A, &a) == RC_OK);
	HELPER_CHECK(process_get_regs(CAP_A, &b) == RC_OK);
	HELPER_CHECK(b.pc == a.pc && b.x[18] == a.x[18] && keep_step(&b));
	*least = a.x[18];
	message_send(CAP_B, &(struct message){ .w = { RC_OK } });
}

/* Stops a pager, wherever it is; it notices nothing. */
static void stop_pager(u64 which)
{
	struct proc_regs regs;
	u64 helper = FIRST_PAGER + which % PAGERS;
	HELPER_CHECK(range_make(CAP_PROCESSES, helper, CAP_A) == RC_OK);
	HELPER_CHECK(process_stop(CAP_A, CAP_B) == RC_OK);
	HELPER_CHECK(process_get_regs(CAP_A, &regs) == RC_OK);
	message_send(CAP_B, &(struct message){ .w = { RC_OK } });
}

static void halt(u64 me, u64 w1, u64 w2, u64 w3)
{
	u64 least = w1 + w2 + w3;
	for (u64 i = 0; i < 2 * ROUNDS; i++) {
		struct proc_regs regs;
		u64 helper = i % HELPERS;
		stop_runner(&least);
		stop_pager(i);
		nap(me);
		if (helper == me)
			continue;
		HELPER_CHECK(range_make(CAP_PROCESSES, helper, CAP_A) == RC_OK);
		HELPER_CHECK(process_get_regs(CAP_A, &regs) == RC_OK);
		HELPER_CHECK(call4(CAP_A, PROC_GET_STATE, 0, 0, 0).w1 <
			     PST_COUNT);
	}
	helper_done();
}

/* Checkpoints, one after the other, and a page that is journaled between. */
static void take_checkpoints(u64 me, u64 w1, u64 w2, u64 w3)
{
	u64 last = w1 + w2 + w3;
	HELPER_CHECK(node_get(CAP_KIT, KIT_CHECKPOINT, CAP_A) == RC_OK);
	HELPER_CHECK(range_make(CAP_PAGES, PAGE_JOURNALED, CAP_B) == RC_OK);
	for (u64 i = 0; i < CHECKPOINTS; i++) {
		u64 newest = 0, sequence, word = me + i;
		HELPER_CHECK(ckpt_take(CAP_A, &newest) == RC_OK);
		HELPER_CHECK(newest > last);
		last = newest;
		HELPER_CHECK(page_write(CAP_B, 0, &word, sizeof(word)) ==
			     RC_OK);
		HELPER_CHECK(ckpt_journal(CAP_A, CAP_B, &sequence) == RC_OK);
	}
	helper_done();
}

static void fill(unsigned page, u64 word)
{
	static u64 words[PAGE_SIZE / sizeof(u64)];
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = word;
	CHECK_OK(page_write(page, 0, words, PAGE_SIZE));
}

static void make_objects(void)
{
	for (u64 i = PAGE_COPIED; i < PAGE_AREA; i++) {
		page_new(CAP_B);
		fill(CAP_B, i < PAGE_MAPPED ? 0 : i - PAGE_MAPPED + 1);
	}
	node_new(SPAN_MIN, CAP_A);
	node_new(SPAN_MIN, CAP_A);
	node_new(SPAN_MIN, CAP_A);
	for (u64 i = 0; i < TOKENS; i++)
		CHECK_OK(node_set_number(CAP_A, SLOT_TOKEN + i, 1ul << 8 * i));
	place_new(AREA_MAPPED, CAP_A);
	CHECK_OK(range_make(CAP_PAGES, PAGE_MAPPED, CAP_B));
	place(AREA_MAPPED, CAP_A, CAP_B);
	for (u64 area = 0; area < PAGERS; area++) {
		place_new(AREA(area), CAP_A);
		for (u64 i = 0; i < AREA_PAGES; i++) {
			page_new(CAP_B);
			place(AREA(area) + i * PAGE_SIZE, CAP_A, CAP_B);
		}
	}
}

/*
 * A helper with all that it needs to make capabilities of its own.  Those that
 * compute for ever do so when nobody else wants the hart.
 */
static void helper(enum helper expected, void (*function)(u64, u64, u64, u64),
		   u64 w1, u64 w2, u64 seed)
{
	static const unsigned given[] = { CAP_CONSOLE, CAP_PAGES, CAP_WAIT,
					  CAP_DISCRIM, CAP_NODES, CAP_PROCESSES,
					  CAP_KIT };
	bool last = expected == RUNNER || expected == READER;
	u64 me = thread_new(function, MAIN_PRIORITY - 1 - last, CAP_E);
	CHECK(me == expected);
	rand_seed(&draws[me], seed * HELPERS + me);
	for (unsigned i = 0; i < ARRAY_SIZE(given); i++)
		CHECK_OK(process_set_cap(CAP_E, given[i], given[i]));
	if (me != SERVER)
		thread_send(CAP_E, me, w1, w2, 0);
}

/* The tokens are where they can be, each once. */
static void look_for_tokens(void)
{
	u64 seen = 0;
	CHECK_OK(range_make(CAP_NODES, NODE_SHARED, CAP_A));
	for (u64 slot = SLOT_TOKEN; slot < SLOT_DESTROYED; slot++) {
		u64 value = 0;
		CHECK_OK(node_get(CAP_A, slot, CAP_B));
		number_read(CAP_B, &value);
		CHECK((seen & value) == 0);
		seen |= value;
	}
	CHECK_EQ(seen, 0x01010101);
}

static void everything_at_once(void)
{
	unsigned n = FIRST_PAGER;
	u64 seed;
	CHECK_OK(kit(KIT_SEED, CAP_TMP));
	CHECK_OK(number_read(CAP_TMP, &seed));
	store(&done, 0);
	store(&stop, 0);
	make_objects();
	helper(SERVER, serve, 0, 0, seed);
	helper(RUNNER, count, 0, 0, seed);
	helper(READER, read_remapped, 0, 0, seed);
	for (u64 i = 0; i < PAGERS; i++)
		helper(n++, use_area, AREA(i), PAGE_AREA + i * AREA_PAGES,
		       seed);
	for (u64 i = 0; i < 2; i++) {
		helper(n++, call_server, 0, 0, seed);
		helper(n++, swap_tokens, SLOT_KEPT + i, 0, seed);
		helper(n++, copy_objects, i, 0, seed);
	}
	helper(n++, destroy, 0, 0, seed);
	helper(n++, visit, 0, 0, seed);
	helper(n++, remap, 0, 0, seed);
	helper(n++, take_checkpoints, 0, 0, seed);
	helper(n++, halt, 0, 0, seed);
	while (load(&done) < n - FIRST_BOUND)
		pause();
	store(&stop, 1);
	look_for_tokens();
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "everything at once", everything_at_once },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
