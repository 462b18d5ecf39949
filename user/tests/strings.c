/* Strings: every length, across pages, cut, and where memory is missing. */
#include <abi/faults.h>

#include "probe.h"

#define FIRST PLACE               /* two pages side by side */
#define SECOND (PLACE + PAGE_SIZE)
#define HOLE (PLACE + 2 * PAGE_SIZE)
#define BUFFER (PLACE + 8 * PAGE_SIZE) /* two more */

static char sent[PAGE_SIZE];

/* Fills with what depends on the place, and nowhere repeats soon. */
static void fill(char *at, size_t n, u64 seed)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (char)((i + seed) * 167 >> 3);
}

static bool is_filled(const char *at, size_t n, u64 seed)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] != (char)((i + seed) * 167 >> 3))
			return false;
	return true;
}

/* Four pages, in pairs; the node over them in A. */
static void pages(void)
{
	place_new(FIRST, CAP_A);
	for (u64 at = FIRST; at < HOLE; at += PAGE_SIZE) {
		page_new(CAP_B);
		place(at, CAP_A, CAP_B);
		page_new(CAP_B);
		place(at - FIRST + BUFFER, CAP_A, CAP_B);
	}
}

/* Sends back the string it gets, from a buffer at BUFFER + w1. */
static void echo(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E,
			     .buffer = (void *)(BUFFER + w1),
			     .buffer_size = w2 };
	message_wait(&m);
	for (;;) {
		m.text = m.buffer;
		m.text_size = m.length;
		m.w[1] = m.length;
		message_reply_wait(CAP_E, &m);
	}
}

/* An echo whose buffer is at this offset; a start capability in E. */
static void echo_new(u64 offset, u64 room)
{
	thread_new(echo, MAIN_PRIORITY + 1, CAP_E);
	thread_send(CAP_E, 0, offset, room, 0);
	CHECK_OK(process_make_start(CAP_E, 0, CAP_E));
}

/* Sends n bytes from an address; returns the length that came back to `to`. */
static u64 send(u64 from, size_t n, u64 to, size_t room, u64 *arrived)
{
	struct message m = { .text = (void *)from, .text_size = n,
			     .buffer = (void *)to, .buffer_size = room };
	message_call(CAP_E, &m);
	*arrived = m.w[1];
	return m.length;
}

static void every_length_and_alignment(void)
{
	static const u16 lengths[] = { 0, 1, 2, 7, 8, 4088, 4095, 4096 };
	static const u16 offsets[] = { 0, 1, 8, 4095 };
	static char back[PAGE_SIZE];
	u64 arrived;
	pages();
	for (unsigned o = 0; o < ARRAY_SIZE(offsets); o++) {
		echo_new(offsets[o], PAGE_SIZE);
		for (unsigned l = 0; l < ARRAY_SIZE(lengths); l++) {
			u64 at = FIRST + offsets[ARRAY_SIZE(offsets) - 1 - o];
			size_t n = lengths[l];
			AT("length %lu, offset %u", n, offsets[o]);
			fill((char *)at, n, l);
			memset(back, 0, sizeof(back));
			CHECK_EQ(send(at, n, (u64)back, PAGE_SIZE, &arrived), n);
			CHECK_EQ(arrived, n);
			CHECK(is_filled(back, n, l));
			CHECK(n == PAGE_SIZE || back[n] == 0);
		}
	}
}

static void a_small_buffer_cuts(void)
{
	u64 arrived;
	pages();
	fill(sent, PAGE_SIZE, 3);
	for (u64 room = 0; room < 12; room++) {
		echo_new(PAGE_SIZE - 5, room);
		AT("room %lu", room);
		memset((void *)BUFFER, 0, 2 * PAGE_SIZE);
		CHECK_EQ(send((u64)sent, 100, FIRST, PAGE_SIZE, &arrived), room);
		CHECK_EQ(arrived, room);
		CHECK(is_filled((char *)FIRST, room, 3));
		CHECK_EQ(((char *)BUFFER)[PAGE_SIZE - 5 + room], 0);
	}
	echo_new(0, PAGE_SIZE);
	memset((void *)FIRST, 0, 100);
	CHECK_EQ(send((u64)sent, 100, FIRST, 10, &arrived), 10);
	CHECK_EQ(arrived, 100);
	CHECK_EQ(((char *)FIRST)[10], 0);
}

/* Takes one string, and says how much of it came. */
static u64 taken;

static void taker(u64 address, u64 room, u64 w2, u64 w3)
{
	struct message m = { .w = { w2, w3 }, .buffer = (void *)address,
			     .buffer_size = room };
	message_wait(&m);
	store(&taken, m.length);
}

/* Sends 150 bytes to one whose buffer begins 100 before a page ends. */
static void take_with_pages_gone(unsigned gone, u64 wanted)
{
	struct message m = { .text = sent, .text_size = 150 };
	store(&taken, ~0ul);
	thread_start(taker, MAIN_PRIORITY + 1, CAP_E, BUFFER + PAGE_SIZE - 100,
		     200);
	AWAIT(process_state(CAP_E) == PST_AVAILABLE);
	CHECK_OK(process_make_start(CAP_E, 0, CAP_E));
	CHECK_OK(node_get(CAP_A, LEAF_SLOT(BUFFER), CAP_B));
	CHECK_OK(node_get(CAP_A, LEAF_SLOT(BUFFER) + 1, CAP_C));
	place(BUFFER, CAP_A, gone & 1 ? 0 : CAP_B);
	place(BUFFER + PAGE_SIZE, CAP_A, gone & 2 ? 0 : CAP_C);
	message_send(CAP_E, &m);
	AWAIT(load(&taken) != ~0ul);
	AT("pages %u gone", gone);
	CHECK_EQ(taken, wanted);
	place(BUFFER, CAP_A, CAP_B);
	place(BUFFER + PAGE_SIZE, CAP_A, CAP_C);
	CHECK(memcmp((void *)(BUFFER + PAGE_SIZE - 100), sent, wanted) == 0);
}

/* The buffer is gone, or half of it, when the string comes: it is cut there. */
static void a_buffer_that_goes_away_cuts(void)
{
	pages();
	fill(sent, PAGE_SIZE, 5);
	take_with_pages_gone(0, 150);
	take_with_pages_gone(1, 0);
	take_with_pages_gone(2, 100);
	take_with_pages_gone(3, 0);
}

/* The answerer of a kernel object has its buffer taken away. */
static u64 waiter_length, waiter_result;

static void waiter(u64 w0, u64 address, u64 room, u64 w3)
{
	struct message m = { .w = { w0, w3 },
			     .buffer = (void *)address,
			     .buffer_size = room };
	waiter_result = message_call(CAP_C, &m);
	store(&waiter_length, m.length);
}

/* Takes a call and keeps it: the resume capability stays in E. */
static void silent(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	message_wait(&m);
	message_wait(&(struct message){ 0 });
}

static void an_answer_is_cut_too(void)
{
	pages();
	thread_start(silent, MAIN_PRIORITY + 1, CAP_C, 0, 0);
	CHECK_OK(process_make_start(CAP_C, 0, CAP_D));
	thread_new(waiter, MAIN_PRIORITY, CAP_B);
	CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_D));
	store(&waiter_length, ~0ul);
	thread_send(CAP_B, 0, BUFFER + PAGE_SIZE - 10, 20, 0);
	AWAIT(process_state(CAP_B) == PST_WAITING);
	struct message get = { .w = { PROC_GET_CAP, CAP_E },
			       .receive = { CAP_D } };
	CHECK_OK(message_call(CAP_C, &get));
	place(BUFFER + PAGE_SIZE, CAP_A, 0);
	page_new(CAP_E);
	fill(sent, PAGE_SIZE, 9);
	CHECK_OK(page_write(CAP_E, 0, sent, PAGE_SIZE));
	struct message m = { .w = { PAGE_READ, 7, 15 }, .resume_out = CAP_D };
	message_send(CAP_E, &m);
	AWAIT(load(&waiter_length) != ~0ul);
	CHECK_EQ(waiter_result, RC_OK);
	CHECK_EQ(waiter_length, 10);
	CHECK(memcmp((void *)(BUFFER + PAGE_SIZE - 10), sent + 7, 10) == 0);
}

/* An invocation by the prober, with its string and buffer registers set. */
struct proc_regs wish;

static __attribute__((naked, used)) void invoke_as_wished(void)
{
	asm volatile("la t1, wish\n"
		     "ld a4, 8*15(t1)\n" /* regs.x[14] stands 8 bytes in */
		     "ld a5, 8*16(t1)\n"
		     "ld a6, 8*17(t1)\n"
		     "ld t0, 8*6(t1)\n"
		     "invoke_wished: ecall\n"
		     "mv a0, a5\n"
		     "ret");
}

extern char invoke_wished[];

static struct probe_answer invoke(u64 op, u64 text, u64 n, u64 buffer, u64 room)
{
	wish.x[14] = text;
	wish.x[15] = n;
	wish.x[16] = buffer;
	wish.x[5] = room;
	struct message m = { .w = { (u64)invoke_as_wished, ORDER_TYPE, 0,
				    CTL_OP(op) } };
	probe_noted = (struct probe_answer){ 0 };
	message_call(CAP_C, &m);
	probe_noted.value = m.w[0];
	return probe_noted;
}

static void expect_fault(struct probe_answer a, u64 fault, u64 address)
{
	CHECK_EQ(a.fault, fault);
	CHECK_EQ(a.address, address);
	CHECK_EQ(a.pc, (u64)invoke_wished);
	CHECK_EQ(a.regs.pc, (u64)invoke_wished);
	CHECK_EQ(a.regs.x[10], ORDER_TYPE); /* nothing was done */
}

static void missing_memory_faults(void)
{
	pages();
	probe_new(CAP_B, CAP_C, CAP_D);
	CHECK_EQ(invoke(OP_CALL, FIRST, 8, SECOND, 8).fault, FAULT_NONE);
	expect_fault(invoke(OP_CALL, HOLE, 1, 0, 0), FAULT_READ, HOLE);
	expect_fault(invoke(OP_CALL, HOLE - 1, 2, 0, 0), FAULT_READ, HOLE);
	expect_fault(invoke(OP_SEND, HOLE - 1, 2, 0, 0), FAULT_READ, HOLE);
	expect_fault(invoke(OP_CALL, HOLE + 5, 9, 0, 0), FAULT_READ, HOLE + 5);
	expect_fault(invoke(OP_CALL, SECOND + 1, PAGE_SIZE, 0, 0), FAULT_READ,
		     HOLE);
	expect_fault(invoke(OP_CALL, 0, 0, HOLE, 1), FAULT_WRITE, HOLE);
	expect_fault(invoke(OP_CALL, 0, 0, HOLE - 1, 2), FAULT_WRITE, HOLE);
	expect_fault(invoke(OP_WAIT, 0, 0, HOLE - 1, 2), FAULT_WRITE, HOLE);
	/* The sent string is looked at first. */
	expect_fault(invoke(OP_CALL, HOLE, 1, HOLE + 8, 1), FAULT_READ, HOLE);
}

static void addresses_outside_fault(void)
{
	static const u64 some[] = { SPACE_SIZE, 1ul << 38, 1ul << 63,
				    0xffffffc080200000, ~0ul - 8 };
	pages();
	probe_new(CAP_B, CAP_C, CAP_D);
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++) {
		AT("address 0x%lx", some[i]);
		expect_fault(invoke(OP_CALL, some[i], 8, 0, 0), FAULT_READ,
			     some[i]);
		expect_fault(invoke(OP_CALL, 0, 0, some[i], 8), FAULT_WRITE,
			     some[i]);
	}
	AT("the end");
	expect_fault(invoke(OP_CALL, SPACE_SIZE - 1, 2, 0, 0), FAULT_READ,
		     SPACE_SIZE - 1);
	expect_fault(invoke(OP_CALL, ~0ul, 2, 0, 0), FAULT_READ, ~0ul);
}

static void readonly_memory(void)
{
	pages();
	probe_new(CAP_B, CAP_C, CAP_D);
	CHECK_OK(node_get(CAP_A, LEAF_SLOT(SECOND), CAP_E));
	CHECK_OK(page_readonly(CAP_E, CAP_E));
	place(SECOND, CAP_A, CAP_E);
	CHECK_EQ(invoke(OP_CALL, SECOND, 8, FIRST, 8).fault, FAULT_NONE);
	expect_fault(invoke(OP_CALL, 0, 0, SECOND - 1, 2), FAULT_READONLY,
		     SECOND);
	/* Text is read-only too. */
	expect_fault(invoke(OP_CALL, 0, 0, PROGRAM_START, 2), FAULT_READONLY,
		     PROGRAM_START);
}

static void devices_are_no_memory(void)
{
	pages();
	probe_new(CAP_B, CAP_C, CAP_D);
	CHECK_OK(kit(KIT_DEVICE, CAP_E));
	place(SECOND, CAP_A, CAP_E);
	expect_fault(invoke(OP_CALL, SECOND, 8, 0, 0), FAULT_ACCESS, SECOND);
	expect_fault(invoke(OP_CALL, 0, 0, SECOND - 1, 8), FAULT_ACCESS,
		     SECOND);
}

static void too_long_is_a_fault(void)
{
	static const u64 some[] = { 4097, 1ul << 32, 1ul << 63, ~0ul };
	pages();
	probe_new(CAP_B, CAP_C, CAP_D);
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++) {
		AT("length %lu", some[i]);
		expect_fault(invoke(OP_CALL, FIRST, some[i], 0, 0),
			     FAULT_CONTROL, (u64)invoke_wished);
		expect_fault(invoke(OP_SEND, FIRST, some[i], 0, 0),
			     FAULT_CONTROL, (u64)invoke_wished);
		expect_fault(invoke(OP_CALL, 0, 0, FIRST, some[i]),
			     FAULT_CONTROL, (u64)invoke_wished);
		expect_fault(invoke(OP_CALL, FIRST, 8, SECOND, some[i]),
			     FAULT_CONTROL, (u64)invoke_wished);
		expect_fault(invoke(OP_WAIT, 0, 0, FIRST, some[i]),
			     FAULT_CONTROL, (u64)invoke_wished);
	}
	/* SEND has no buffer, WAIT sends nothing: neither is looked at. */
	AT("what is not used");
	CHECK_EQ(invoke(OP_SEND, FIRST, 8, HOLE, ~0ul).fault, FAULT_NONE);
}

/* A page's own bytes sent to it, and its bytes read into itself. */
static void a_page_onto_itself(void)
{
	pages();
	CHECK_OK(node_get(CAP_A, LEAF_SLOT(FIRST), CAP_B));
	fill((char *)FIRST, PAGE_SIZE, 1);
	CHECK_OK(page_write(CAP_B, 1, (void *)FIRST, PAGE_SIZE - 1));
	CHECK(is_filled((char *)FIRST + 1, PAGE_SIZE - 1, 1));
	fill((char *)FIRST, PAGE_SIZE, 2);
	CHECK_OK(page_read(CAP_B, 0, (void *)(FIRST + 8), PAGE_SIZE - 8));
	CHECK(is_filled((char *)FIRST + 8, PAGE_SIZE - 8, 2));
	fill((char *)FIRST, 2 * PAGE_SIZE, 3);
	CHECK_OK(page_read(CAP_B, 0, (void *)(FIRST + 100), PAGE_SIZE));
	CHECK(is_filled((char *)FIRST + 100, PAGE_SIZE, 3));
}

/* Two addresses of one page: text and buffer are the same memory. */
static void one_page_twice(void)
{
	u64 arrived;
	pages();
	CHECK_OK(node_get(CAP_A, LEAF_SLOT(FIRST), CAP_B));
	place(SECOND, CAP_A, CAP_B);
	echo_new(0, PAGE_SIZE);
	fill((char *)FIRST, PAGE_SIZE, 4);
	CHECK_EQ(send(FIRST, PAGE_SIZE, SECOND, PAGE_SIZE, &arrived), PAGE_SIZE);
	CHECK(is_filled((char *)FIRST, PAGE_SIZE, 4));
	CHECK_EQ(send(FIRST + 9, 50, SECOND, PAGE_SIZE, &arrived), 50);
	CHECK(is_filled((char *)FIRST, 50, 13));
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "every length and alignment", every_length_and_alignment },
		{ "a small buffer cuts", a_small_buffer_cuts },
		{ "a buffer that goes away cuts", a_buffer_that_goes_away_cuts },
		{ "an answer is cut too", an_answer_is_cut_too },
		{ "missing memory faults", missing_memory_faults },
		{ "addresses outside fault", addresses_outside_fault },
		{ "read-only memory", readonly_memory },
		{ "devices are no memory", devices_are_no_memory },
		{ "too long is a fault", too_long_is_a_fault },
		{ "a page onto itself", a_page_onto_itself },
		{ "one page twice", one_page_twice },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
