/*
 * Bench: snapshots of what is known to be dirty.  Before each checkpoint some
 * objects of one kind are written, first few, then many, so that two snapshots
 * differ in that alone; how long they took is seen from within the kernel
 * (grade/bench/pause.c), which also counts what is dirty.
 */
#include "memory.h"

#include <captable.h>
#include <checkpoint.h>

#define FEW 16
#define MANY 64
#define FIRST 200 /* offset in each range: of what is written */
#define LEAFS (MANY / NODE_SLOTS)

static u64 first_of(enum obj_kind kind)
{
	return (u64)kind * MANY;
}

static void make_objects(enum obj_kind kind)
{
	for (u64 i = 0; i < MANY; i++) {
		CHECK_OK(range_make(range_of[kind], FIRST + i, CAP_C));
		CHECK_OK(captable_put((unsigned)(first_of(kind) + i), CAP_C));
	}
}

static void fetch(enum obj_kind kind, u64 i)
{
	CHECK_OK(captable_get((unsigned)(first_of(kind) + i), CAP_C));
}

/* The table is a node of nodes; and the pages get addresses. */
static void make_all(void)
{
	for (unsigned i = 0; i < OK_COUNT * LEAFS; i++) {
		CHECK_OK(range_make(CAP_NODES, i, CAP_C));
		CHECK_OK(node_set(CAP_TABLE, i, CAP_C));
	}
	for (int kind = 0; kind < OK_COUNT; kind++)
		make_objects((enum obj_kind)kind);
	for (unsigned i = 0; i < LEAFS; i++) {
		place_new(PLACE + i * NODE_SLOTS * PAGE_SIZE, CAP_D);
		for (unsigned slot = 0; slot < NODE_SLOTS; slot++) {
			fetch(OK_PAGE, i * NODE_SLOTS + slot);
			CHECK_OK(node_set(CAP_D, slot, CAP_C));
		}
	}
}

/* Pages that are in memory and clean, but nobody's concern. */
static void fill_memory(u64 pages)
{
	for (u64 i = 0; i < pages; i++) {
		CHECK_OK(range_make(CAP_PAGES, FIRST + MANY + i, CAP_C));
		page_set_word(CAP_C, 0, i);
	}
}

static void write_page(u64 i)
{
	fetch(OK_PAGE, i);
	page_set_word(CAP_C, 0, i);
}

static void write_mapped(u64 i)
{
	device_write32(PLACE + i * PAGE_SIZE, 1);
}

static void write_node(u64 i)
{
	fetch(OK_NODE, i);
	CHECK_OK(node_set_number(CAP_C, 0, i));
}

static void write_process(u64 i)
{
	fetch(OK_PROCESS, i);
	CHECK_OK(process_set_name(CAP_C, "dirty"));
}

/* Calls, and is not served. */
static __attribute__((naked)) void caller(void)
{
	asm volatile("mv a7, s0\n"
		     "li a5, 0\n"
		     "li t0, 0\n"
		     "ecall\n"
		     "j .");
}

static void begin_waiting(u64 i)
{
	struct proc_regs regs = { .pc = (u64)caller };
	regs.x[8] = CTL_OP(OP_CALL) | CTL_TARGET(CAP_C);
	fetch(OK_PROCESS, i);
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_C, PS_SPACE, CAP_TMP));
	CHECK_OK(schedule_make(MAIN_PRIORITY + 1, 0, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_C, PS_SCHEDULE, CAP_TMP));
	CHECK_OK(process_make_start(CAP_SELF, 0, CAP_TMP));
	CHECK_OK(process_set_cap(CAP_C, CAP_C, CAP_TMP));
	CHECK_OK(process_set_regs(CAP_C, &regs));
	thread_send(CAP_C, 0, 0, 0, 0);
}

static void checkpoint(void)
{
	u64 newest;
	CHECK_OK(ckpt_take(CAP_E, &newest));
}

static void snapshots_of(void (*write)(u64 i))
{
	for (u64 i = 0; i < FEW; i++)
		write(i);
	checkpoint();
	for (u64 i = 0; i < MANY; i++)
		write(i);
	checkpoint();
}

/* Nothing is done in between: the second finds as little dirty as can be. */
static void snapshots_of_nothing(void)
{
	checkpoint();
	checkpoint();
}

/* The first of each two has processes that came to wait, and are dirty. */
static void snapshots_of_waiting(void)
{
	for (u64 i = 0; i < MANY; i++) {
		begin_waiting(i);
		if (i + 1 == FEW || i + 1 == MANY) {
			checkpoint();
			checkpoint();
		}
	}
}

int main(void)
{
	if (__builtin_setjmp(test.back))
		test_end(100);
	kit(KIT_SEED, CAP_C);
	u64 pages = call4(CAP_C, NUMBER_READ, 0, 0, 0).w1;
	CHECK_OK(kit(KIT_CHECKPOINT, CAP_E));
	snapshots_of_nothing();
	make_all();
	fill_memory(pages);
	checkpoint();
	snapshots_of_nothing();
	snapshots_of(write_page);
	snapshots_of(write_mapped);
	snapshots_of(write_node);
	snapshots_of(write_process);
	snapshots_of_waiting();
	test_end(0);
}
