/*
 * Bench: every operation of the kernel, some rounds each, for a machine whose
 * every instruction is traced.  The trace knows an operation by its function,
 * op_NAME(), which does nothing else, and its end by op_done(); what has to be
 * there before is made by make_NAME(), once, and ready_NAME(), each round.
 *
 * Each is done at its most expensive: strings of a page, nodes whose slots are
 * all prepared, objects that many capabilities and mappings name.
 */
#include <abi/faults.h>
#include <abi/inspect.h>

#include "memory.h"

#define ROUNDS 4
#define CROWD 16 /* capabilities to an object, mappings of a page, callers */
#define CAP_ECHO 9 /* process of this program, in a space of its own */
#define CAP_ROLE CAP_TMP /* at the start: of the echo a number, else void */
#define AREA PLACE /* a node's worth of pages: 64 KiB */

static char text[PAGE_SIZE], buffer[PAGE_SIZE];

static __attribute__((noinline)) void op_done(void)
{
	asm volatile("");
}

static void nothing(void)
{
}

/* Orders of one object, all in their shortest form. */
static void order(unsigned target, u64 w0, u64 w1, u64 w2)
{
	call4(target, w0, w1, w2, 0);
}

static void order_caps(unsigned target, u64 w0, u64 w1, unsigned send,
		       unsigned receive)
{
	struct message m = { .w = { w0, w1 }, .send = { (u8)send },
			     .receive = { (u8)receive } };
	message_call(target, &m);
}

/* Messages. */

static void op_null(void)
{
	register u64 a5 asm("a5") = 0;
	register u64 a7 asm("a7") = CTL_OP(OP_SEND) | CTL_TARGET(CAP_VOID);
	asm volatile("ecall"
		     : "+r"(a5), "+r"(a7)
		     :
		     : "ra", "a0", "a1", "a2", "a3", "a4", "a6", "t0", "t1",
		       "t2", "t3", "t4", "t5", "t6", "memory");
}

static void op_call(void)
{
	call4(CAP_ECHO, 1, 2, 3, 4);
}

/* Answers whatever comes with a page and four capabilities. */
static void answer_much(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E,
			     .text = text, .text_size = sizeof(text),
			     .buffer = buffer, .buffer_size = sizeof(buffer),
			     .send = { CAP_PAGES, CAP_NODES, CAP_SCHEDULE,
				       CAP_KIT },
			     .receive = { CAP_A, CAP_B, CAP_C, CAP_D } };
	for (;;) {
		message_reply_wait(CAP_E, &m);
		m.text_size = sizeof(text);
	}
}

static void make_big_call(void)
{
	thread_start(answer_much, MAIN_PRIORITY, CAP_A, 0, 0);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_E));
}

static void op_big_call(void)
{
	struct message m = { .text = text, .text_size = sizeof(text),
			     .buffer = buffer, .buffer_size = sizeof(buffer),
			     .send = { CAP_PAGES, CAP_NODES, CAP_SCHEDULE,
				       CAP_KIT },
			     .receive = { CAP_A, CAP_B, CAP_C, CAP_D } };
	message_call(CAP_E, &m);
}

/* Numbers, pages. */

static void make_number(void)
{
	kit(KIT_SEED, CAP_A);
}

static void op_number(void)
{
	order(CAP_A, NUMBER_READ, 0, 0);
}

static void make_page(void)
{
	page_new(CAP_A);
	page_new(CAP_B);
}

static void op_page_zero(void)
{
	order(CAP_A, PAGE_ZERO, 0, 0);
}

static void op_page_copy(void)
{
	order_caps(CAP_A, PAGE_COPY, 0, CAP_B, CAP_VOID);
}

static void op_page_readonly(void)
{
	order_caps(CAP_A, PAGE_READONLY, 0, CAP_VOID, CAP_C);
}

static void op_page_read(void)
{
	page_read(CAP_A, 0, buffer, sizeof(buffer));
}

static void op_page_write(void)
{
	page_write(CAP_A, 0, text, sizeof(text));
}

struct op {
	void (*make)(void), (*ready)(void), (*act)(void);
};

static const struct op ops[] = {
	{ nothing, nothing, op_null },
	{ nothing, nothing, op_call },
	{ make_big_call, nothing, op_big_call },
	{ make_number, nothing, op_number },
	{ make_page, nothing, op_page_zero },
	{ make_page, nothing, op_page_copy },
	{ make_page, nothing, op_page_readonly },
	{ make_page, nothing, op_page_read },
	{ make_page, nothing, op_page_write },
};

static void run_op(const struct op *o)
{
	o->make();
	for (int i = 0; i < ROUNDS; i++) {
		o->ready();
		o->act();
		op_done();
	}
}

static noreturn void echo(void)
{
	struct words w = { 0 };
	u64 badge;
	for (;;)
		w = reply_wait4(CAP_A, w, CAP_A, &badge);
}

int main(void)
{
	if (call4(CAP_ROLE, NUMBER_READ, 0, 0, 0).w0 == RC_OK)
		echo();
	for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
		test.failed = false;
		if (__builtin_setjmp(test.back) == 0)
			run_op(&ops[i]);
		test_clean_up();
		if (test.failed)
			test_end(100);
	}
	test_end(0);
}
