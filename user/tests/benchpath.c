/*
 * Bench: every operation of the kernel, some rounds each, for a machine whose
 * every instruction is traced.  The trace knows an operation by its function,
 * op_NAME(), and its end by op_done(); so there is one program only, which
 * plays the echo in another space too.
 *
 * Each is done at its most expensive: strings of a page, nodes whose slots are
 * all prepared, pages mapped many times, crowds that wait.
 */
#include "benchmemory.h"
#include "probe.h"

#include <checkpoint.h>

#define ROUNDS 2          /* the first is not counted */
#define CROWD 16          /* callers of a process, sleepers */
#define CAP_ECHO CAP_SELF /* this program again, in a space of its own */
#define CAP_ROLE CAP_TMP  /* at the start: a number, of whom it is not void */
#define ROLE_ECHO 1
#define ROLE_WATCH 2 /* keeper of all others, who should not fault */
#define KIT_ONLY 11  /* number: address of the one op_NAME(), or 0: all */
#define NAP (20 * TICKS_PER_US)
#define SLEEP (400 * TICKS_PER_US) /* longer than it takes to send a crowd */

static __attribute__((noinline)) void op_done(void)
{
	asm volatile("");
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

static struct message big_message(void)
{
	return (struct message){
		.text = text,
		.text_size = sizeof(text),
		.buffer = buffer,
		.buffer_size = sizeof(buffer),
		.resume = CAP_E,
		.send = { CAP_PAGES, CAP_NODES, CAP_SCHEDULE, CAP_KIT },
		.receive = { CAP_A, CAP_B, CAP_C, CAP_D },
	};
}

static void answer_big(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = big_message();
	(void)w0, (void)w1, (void)w2, (void)w3;
	for (;;)
		message_reply_wait(CAP_E, &m);
}

static void make_big(void)
{
	thread_start(answer_big, MAIN_PRIORITY, CAP_A, 0, 0);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_E));
}

static void op_call_big(void)
{
	struct message m = big_message();
	m.resume = CAP_VOID;
	message_call(CAP_E, &m);
}

/* Faults that come to a keeper. */

static void make_prober(void)
{
	probe_new(CAP_A, CAP_B, CAP_C);
}

static void op_fault(void)
{
	probe(CAP_B, probe_illegal, 0, 0);
}

/* Crowds: helpers in the node in D, and whom they call, the spare process, in
   A, with a start capability to it in B. */

static u64 crowd_wakes;

static void crowd_call(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	call4(CAP_B, 0, 0, 0, 0);
	thread_rest();
}

static void crowd_sleep(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w1, (void)w2, (void)w3;
	time_wait_until(w0);
	crowd_wakes++;
	thread_rest();
}

static void make_crowd(void)
{
	node_new(LEAF_SPAN, CAP_D);
	for (unsigned i = 0; i < CROWD; i++) {
		thread_new(crowd_call, MAIN_PRIORITY + 1, CAP_C);
		CHECK_OK(process_set_cap(CAP_C, CAP_WAIT, CAP_WAIT));
		CHECK_OK(node_set(CAP_D, i, CAP_C));
	}
}

static void crowd_go(void (*function)(u64, u64, u64, u64), u64 word)
{
	for (unsigned i = 0; i < CROWD; i++) {
		CHECK_OK(node_get(CAP_D, i, CAP_C));
		thread_restart(CAP_C, i, function);
		CHECK_OK(process_set_cap(CAP_C, CAP_B, CAP_B));
		thread_send(CAP_C, word, 0, 0, 0);
	}
}

/* They all stall on a process that is stopped. */
static void ready_crowd(void)
{
	ready_gone();
	CHECK_OK(range_make(CAP_PROCESSES, SPARE_PROCESS, CAP_A));
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_A, PS_SPACE, CAP_TMP));
	CHECK_OK(schedule_make(MAIN_PRIORITY + 2, 0, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_A, PS_SCHEDULE, CAP_TMP));
	CHECK_OK(process_stop(CAP_A, CAP_TMP));
	thread_aim(CAP_A, SPARE_PROCESS, answer_words);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_B));
	crowd_go(crowd_call, 0);
}

static void op_crowd_served(void)
{
	call4(CAP_A, PROC_AVAILABLE, 0, 0, 0);
}

static void op_crowd_bereft(void)
{
	range_destroy(CAP_PROCESSES, SPARE_PROCESS);
}

/* They all sleep until the same time. */
static u64 alarm;

static void ready_sleepers(void)
{
	alarm = time_now() + SLEEP;
	crowd_go(crowd_sleep, alarm);
}

static void op_crowd_awakes(void)
{
	time_wait_until(alarm + NAP);
}

/* They wait, and this process too, until the worrier has been by. */
static void op_crowd_worries(void)
{
	call4(CAP_A, PROC_AVAILABLE, 0, 0, 0);
	time_wait_until(time_now() + TICKS_PER_S / 2);
}

/* Interrupts: the timer's finds this process in user mode. */

static void op_sleep(void)
{
	time_wait_until(time_now() + NAP);
}

static void op_preempt(void)
{
	u64 before = load(&crowd_wakes);
	thread_send(CAP_A, time_now() + NAP, 0, 0, 0);
	while (load(&crowd_wakes) == before)
		;
}

static void make_sleeper(void)
{
	thread_new(crowd_sleep, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(process_set_cap(CAP_A, CAP_WAIT, CAP_WAIT));
}

static void ready_sleeper(void)
{
	thread_restart(CAP_A, 0, crowd_sleep);
}

/* A device's interrupt, by the real-time clock: its nanoseconds are cycles.
   Its driver, a helper, is woken while this process is in user mode. */

#define RTC_TIME (WINDOW + 0x1000)
#define RTC_ALARM (RTC_TIME + 0x08)
#define RTC_ENABLE (RTC_TIME + 0x10)
#define RTC_CLEAR (RTC_TIME + 0x1c)
#define ALARM_LEAD 20000 /* cycles */

static void drive(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	for (;;) {
		call4(CAP_D, IRQ_WAIT, 0, 0, 0);
		device_write32(RTC_CLEAR, 1);
		add(&crowd_wakes, 1);
	}
}

static void make_driver(void)
{
	thread_new(drive, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(kit(KIT_IRQ, CAP_D));
	CHECK_OK(process_set_cap(CAP_A, CAP_D, CAP_D));
	thread_send(CAP_A, 0, 0, 0, 0);
}

static void op_device_interrupt(void)
{
	u64 before = load(&crowd_wakes);
	u64 when = device_read32(RTC_TIME);
	when |= (u64)device_read32(RTC_TIME + 4) << 32;
	when += ALARM_LEAD;
	device_write32(RTC_ENABLE, 1);
	device_write32(RTC_ALARM + 4, (u32)(when >> 32));
	device_write32(RTC_ALARM, (u32)when);
	while (load(&crowd_wakes) == before)
		;
}

/* The store: of each kind of object one is dirty.  Capability in E. */

static void make_changing(void)
{
	make_process();
	page_new(CAP_C);
	CHECK_OK(kit(KIT_CHECKPOINT, CAP_E));
}

static void ready_changed(void)
{
	page_set_word(CAP_C, 0, time_now());
	CHECK_OK(node_set_number(CAP_B, 0, time_now()));
	CHECK_OK(process_set_name(CAP_A, "changed"));
}

static void op_checkpoint(void)
{
	u64 newest;
	ckpt_take(CAP_E, &newest);
}

static void op_journal(void)
{
	u64 sequence;
	ckpt_journal(CAP_E, CAP_C, &sequence);
}

struct op {
	void (*make)(void), (*ready)(void), (*act)(void);
};

static const struct op ops[] = {
	{ nothing, nothing, op_null },
	{ nothing, nothing, op_call },
	{ make_big, nothing, op_call_big },
	{ make_number, nothing, op_number_read },
	{ make_page, nothing, op_page_zero },
	{ make_page, nothing, op_page_copy },
	{ make_page, nothing, op_page_readonly },
	{ make_page, nothing, op_page_read },
	{ make_page, nothing, op_page_write },
	{ make_node, nothing, op_node_get },
	{ make_node, ready_node, op_node_set },
	{ make_node, ready_node, op_node_swap },
	{ make_node, ready_node, op_node_clear },
	{ make_node, ready_node, op_node_copy },
	{ make_node, nothing, op_node_readonly },
	{ make_node, nothing, op_node_weak },
	{ make_node, nothing, op_node_get_span },
	{ make_node, ready_node, op_node_set_span },
	{ make_node, ready_node, op_node_set_number },
	{ make_node, nothing, op_node_meter },
	{ make_meter, nothing, op_meter_read },
	{ make_process, nothing, op_process_get_regs },
	{ make_process, nothing, op_process_set_regs },
	{ make_process, nothing, op_process_get_cap },
	{ make_process, nothing, op_process_set_cap },
	{ make_process, nothing, op_process_get_slot },
	{ make_process, nothing, op_process_set_slot },
	{ make_process, nothing, op_process_start },
	{ make_process, nothing, op_process_get_state },
	{ make_process, nothing, op_process_set_name },
	{ make_process, ready_available, op_process_stop },
	{ make_process, ready_stopped, op_process_resume },
	{ make_process, ready_stopped, op_process_available },
	{ nothing, ready_gone, op_page_make },
	{ nothing, ready_gone, op_node_make },
	{ nothing, ready_gone, op_process_make },
	{ nothing, ready_made, op_page_destroy },
	{ nothing, ready_made, op_node_destroy },
	{ nothing, ready_made, op_process_destroy },
	{ make_page, nothing, op_range_identify },
	{ nothing, nothing, op_range_split },
	{ nothing, nothing, op_range_size },
	{ make_irq, nothing, op_irq_line },
	{ make_device, nothing, op_device_address },
	{ nothing, nothing, op_wait_now },
	{ nothing, nothing, op_wait_past },
	{ nothing, nothing, op_schedule_read },
	{ nothing, nothing, op_schedule_make },
	{ make_page, nothing, op_discrim_type },
	{ make_inspector, nothing, op_inspect },
	{ nothing, nothing, op_log },
	{ nothing, ready_unmapped, op_touch },
	{ nothing, ready_mapped, op_unmap_page },
	{ nothing, ready_mapped, op_unmap_node },
	{ nothing, ready_mapped, op_unmap_tree },
	{ nothing, ready_mapped, op_destroy_mapped_page },
	{ nothing, ready_mapped, op_destroy_mapped_node },
	{ make_named, ready_named, op_destroy_named_page },
	{ make_fresh, ready_fresh, op_space_enter },
	{ make_fresh, ready_entered, op_space_destroy },
	{ make_prober, nothing, op_fault },
	{ make_crowd, ready_crowd, op_crowd_served },
	{ make_crowd, ready_crowd, op_crowd_bereft },
	{ make_crowd, ready_crowd, op_crowd_worries },
	{ make_crowd, ready_sleepers, op_crowd_awakes },
	{ nothing, nothing, op_sleep },
	{ make_sleeper, ready_sleeper, op_preempt },
	{ make_driver, nothing, op_device_interrupt },
	{ make_changing, ready_changed, op_checkpoint },
	{ make_changing, ready_changed, op_journal },
};

static __attribute__((noinline)) void run_op(const struct op *o)
{
	o->make();
	for (int i = 0; i < ROUNDS; i++) {
		o->ready();
		o->act();
		op_done();
	}
}

static u64 only_operation(void)
{
	CHECK_OK(kit(KIT_ONLY, CAP_A));
	return call4(CAP_A, NUMBER_READ, 0, 0, 0).w1;
}

static noreturn void echo(void)
{
	struct words w = { 0 };
	u64 badge;
	for (;;)
		w = reply_wait4(CAP_A, w, CAP_A, &badge);
}

static noreturn void watch(void)
{
	struct message m = { 0 };
	message_wait(&m);
	printf("fault %lu at 0x%lx, pc 0x%lx\n", m.w[0] - FAULT_ORDER, m.w[1],
	       m.w[2]);
	test_end(100);
}

int main(void)
{
	struct words role = call4(CAP_ROLE, NUMBER_READ, 0, 0, 0);
	if (role.w0 == RC_OK && role.w1 == ROLE_ECHO)
		echo();
	if (role.w0 == RC_OK)
		watch();
	u64 only = only_operation();
	for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
		if (only && only != (u64)ops[i].act)
			continue;
		AT("operation %u", i);
		if (__builtin_setjmp(test.back) == 0)
			run_op(&ops[i]);
		ready_gone();
		test_clean_up();
		if (test.failed)
			test_end(100);
	}
	test_end(0);
}
