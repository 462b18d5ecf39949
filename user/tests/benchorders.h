/*
 * Bench: every order of the kernel's objects as an operation that a trace can
 * tell: op_NAME() invokes, and does nothing else.  Then what has to be there
 * before: make_NAME() once, ready_NAME() before each round.
 */
#pragma once

#include <abi/inspect.h>

#include "memory.h"

/* Offsets in their ranges of what operations make and destroy. */
#define SPARE 100
#define SPARE_PROCESS (THREADS_MAX - 1)

static char text[PAGE_SIZE], buffer[PAGE_SIZE];

/* X(name, target, order, word): words alone. */
#define ORDERS(X)                                                       \
	X(number_read, CAP_A, NUMBER_READ, 0)                           \
	X(page_zero, CAP_A, PAGE_ZERO, 0)                               \
	X(node_clear, CAP_A, NODE_CLEAR, 0)                             \
	X(node_get_span, CAP_A, NODE_GET_SPAN, 0)                       \
	X(node_set_span, CAP_A, NODE_SET_SPAN, ROOT_SPAN)               \
	X(node_set_number, CAP_A, NODE_SET_NUMBER, 3)                   \
	X(meter_read, CAP_A, METER_READ, 0)                             \
	X(process_get_state, CAP_A, PROC_GET_STATE, 0)                  \
	X(process_available, CAP_A, PROC_AVAILABLE, 0)                  \
	X(page_destroy, CAP_PAGES, RANGE_DESTROY, SPARE)                \
	X(node_destroy, CAP_NODES, RANGE_DESTROY, SPARE)                \
	X(process_destroy, CAP_PROCESSES, RANGE_DESTROY, SPARE_PROCESS) \
	X(range_size, CAP_PAGES, RANGE_SIZE, 0)                         \
	X(irq_line, CAP_A, IRQ_LINE, 0)                                 \
	X(device_address, CAP_A, DEVPAGE_ADDRESS, 0)                    \
	X(wait_now, CAP_WAIT, WAIT_NOW, 0)                              \
	X(wait_past, CAP_WAIT, WAIT_UNTIL, 0)                           \
	X(schedule_read, CAP_SCHEDULE, SCHEDULE_READ, 0)

/* X(name, target, order, word, sent, received): with a capability. */
#define CAP_ORDERS(X)                                                        \
	X(page_copy, CAP_A, PAGE_COPY, 0, CAP_B, CAP_VOID)                   \
	X(page_readonly, CAP_A, PAGE_READONLY, 0, CAP_VOID, CAP_C)           \
	X(node_get, CAP_A, NODE_GET, 3, CAP_VOID, CAP_C)                     \
	X(node_set, CAP_A, NODE_SET, 3, CAP_B, CAP_VOID)                     \
	X(node_swap, CAP_A, NODE_SWAP, 3, CAP_B, CAP_C)                      \
	X(node_copy, CAP_A, NODE_COPY, 0, CAP_B, CAP_VOID)                   \
	X(node_readonly, CAP_A, NODE_READONLY, 0, CAP_VOID, CAP_C)           \
	X(node_weak, CAP_A, NODE_WEAK, 0, CAP_VOID, CAP_C)                   \
	X(node_meter, CAP_A, NODE_METER, 0, CAP_VOID, CAP_C)                 \
	X(process_get_cap, CAP_A, PROC_GET_CAP, CAP_E, CAP_VOID, CAP_C)      \
	X(process_set_cap, CAP_A, PROC_SET_CAP, CAP_E, CAP_NODES, CAP_VOID)  \
	X(process_get_slot, CAP_A, PROC_GET_SLOT, PS_SPACE, CAP_VOID, CAP_C) \
	X(process_set_slot, CAP_A, PROC_SET_SLOT, PS_SPACE, CAP_B, CAP_VOID) \
	X(process_start, CAP_A, PROC_MAKE_START, 1, CAP_VOID, CAP_C)         \
	X(process_stop, CAP_A, PROC_STOP, 0, CAP_VOID, CAP_C)                \
	X(process_resume, CAP_A, PROC_RESUME, 0, CAP_VOID, CAP_C)            \
	X(page_make, CAP_PAGES, RANGE_MAKE, SPARE, CAP_VOID, CAP_C)          \
	X(node_make, CAP_NODES, RANGE_MAKE, SPARE, CAP_VOID, CAP_C)          \
	X(process_make, CAP_PROCESSES, RANGE_MAKE, SPARE_PROCESS, CAP_VOID,  \
	  CAP_C)                                                             \
	X(range_identify, CAP_PAGES, RANGE_IDENTIFY, 0, CAP_A, CAP_VOID)     \
	X(range_split, CAP_PAGES, RANGE_SPLIT, 0, CAP_VOID, CAP_C)           \
	X(schedule_make, CAP_SCHEDULE, SCHEDULE_MAKE, 5, CAP_VOID, CAP_C)    \
	X(discrim_type, CAP_DISCRIM, DISCRIM_TYPE, 0, CAP_A, CAP_VOID)

#define X(name, target, order, word)              \
	static void op_##name(void)               \
	{                                         \
		call4(target, order, word, 0, 0); \
	}
ORDERS(X)
#undef X

#define X(name, target, order, word, out, in)              \
	static void op_##name(void)                        \
	{                                                  \
		struct message m = { .w = { order, word }, \
				     .send = { out },      \
				     .receive = { in } };  \
		message_call(target, &m);                  \
	}
CAP_ORDERS(X)
#undef X

/* Strings, as long as they may be. */

static void op_page_read(void)
{
	page_read(CAP_A, 0, buffer, sizeof(buffer));
}

static void op_page_write(void)
{
	page_write(CAP_A, 0, text, sizeof(text));
}

static void op_process_get_regs(void)
{
	struct proc_regs regs;
	process_get_regs(CAP_A, &regs);
}

static void op_process_set_regs(void)
{
	struct proc_regs regs = { 0 };
	process_set_regs(CAP_A, &regs);
}

static void op_process_set_name(void)
{
	process_set_name(CAP_A, "fifteen letters");
}

static void op_log(void)
{
	struct message m = { .text = text, .text_size = sizeof(text) };
	message_call(CAP_CONSOLE, &m);
}

static void op_inspect(void)
{
	struct inspect_process p;
	u64 index = 0;
	inspect(CAP_A, INSPECT_PROCESS, &index, 0, &p, sizeof(p));
}

/* What is there before: what is ordered in A, what else is needed in B. */

static void nothing(void)
{
}

static void make_number(void)
{
	CHECK_OK(kit(KIT_SEED, CAP_A));
}

static void make_irq(void)
{
	CHECK_OK(kit(KIT_IRQ, CAP_A));
}

static void make_device(void)
{
	CHECK_OK(kit(KIT_DEVICE, CAP_A));
}

static void make_inspector(void)
{
	CHECK_OK(kit(KIT_INSPECTOR, CAP_A));
}

static void make_page(void)
{
	page_new(CAP_A);
	page_new(CAP_B);
}

static void fill_node(unsigned node, unsigned from)
{
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		CHECK_OK(node_set(node, i, from));
}

static void make_node(void)
{
	node_new(LEAF_SPAN, CAP_A);
	node_new(LEAF_SPAN, CAP_B);
	page_new(CAP_C);
	fill_node(CAP_B, CAP_C);
}

static void ready_node(void)
{
	CHECK_OK(node_copy(CAP_A, CAP_B));
}

static void make_meter(void)
{
	struct message m = { .w = { NODE_METER }, .receive = { CAP_A } };
	make_node();
	CHECK_OK(message_call(CAP_B, &m));
}

static void make_process(void)
{
	thread_new(thread_rest_now, MAIN_PRIORITY, CAP_A);
	node_new(ROOT_SPAN, CAP_B);
}

static void ready_stopped(void)
{
	CHECK_OK(process_stop(CAP_A, CAP_TMP));
}

static void ready_available(void)
{
	ready_stopped();
	CHECK_OK(call4(CAP_A, PROC_AVAILABLE, 0, 0, 0).w0);
}

static void ready_gone(void)
{
	range_destroy(CAP_PAGES, SPARE);
	range_destroy(CAP_NODES, SPARE);
	range_destroy(CAP_PROCESSES, SPARE_PROCESS);
}

static void ready_made(void)
{
	ready_gone();
	CHECK_OK(range_make(CAP_PAGES, SPARE, CAP_A));
	CHECK_OK(range_make(CAP_NODES, SPARE, CAP_B));
	CHECK_OK(range_make(CAP_PROCESSES, SPARE_PROCESS, CAP_C));
}
