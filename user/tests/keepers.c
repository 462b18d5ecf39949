/*
 * Faults and keepers: every fault reaches a keeper with its address and program
 * counter; keepers that repair, refuse, are gone, busy, or fault themselves.
 */
#include "probe.h"

#define CAP_KEEP CAP_A
#define CAP_PROBE CAP_B
#define CAP_PROBER CAP_C
#define HOLE PLACE /* nothing is there, unless a case puts it */

static struct probe_answer at(void *function, u64 a0, u64 a1)
{
	return probe(CAP_PROBE, function, a0, a1);
}

static void expect(struct probe_answer a, u64 fault, u64 address, u64 pc)
{
	CHECK_EQ(a.fault, fault);
	CHECK_EQ(a.address, address);
	CHECK_EQ(a.pc, pc);
	CHECK_EQ(a.detail, 0);
	CHECK_EQ(a.badge, 7);
	CHECK_EQ(a.regs.pc, pc);
}

static void setup(void)
{
	probe_new(CAP_KEEP, CAP_PROBE, CAP_PROBER);
}

static void memory_faults(void)
{
	setup();
	expect(at(probe_load64, HOLE + 8, 0), FAULT_READ, HOLE + 8,
	       (u64)probe_load64);
	expect(at(probe_load8, HOLE + 9, 0), FAULT_READ, HOLE + 9,
	       (u64)probe_load8);
	expect(at(probe_store64, HOLE + 16, 0), FAULT_WRITE, HOLE + 16,
	       (u64)probe_store64);
	/* Where the emulator makes two accesses of one, the first is a read. */
	u64 swap = at(probe_swap, HOLE + 16, 0).fault;
	CHECK(swap == FAULT_WRITE || swap == FAULT_READ);
	expect(at(probe_reserve, HOLE, 0), FAULT_READ, HOLE,
	       (u64)probe_reserve);
	expect(at(probe_jump, HOLE + 4, 0), FAULT_FETCH, HOLE + 4, HOLE + 4);
	expect(at(probe_store8, PROGRAM_START, 0), FAULT_READONLY,
	       PROGRAM_START, (u64)probe_store8);
	expect(at(probe_swap, PROGRAM_START, 0), FAULT_READONLY,
	       PROGRAM_START, (u64)probe_swap);
}

static void instruction_faults(void)
{
	u64 odd = (u64)&thread_stacks[0][1];
	setup();
	expect(at(probe_illegal, 0, 0), FAULT_ILLEGAL, (u64)probe_illegal,
	       (u64)probe_illegal);
	expect(at(probe_sret, 0, 0), FAULT_ILLEGAL, (u64)probe_sret,
	       (u64)probe_sret);
	expect(at(probe_csr, 0, 0), FAULT_ILLEGAL, (u64)probe_csr,
	       (u64)probe_csr);
	expect(at(probe_breakpoint, 0, 0), FAULT_BREAK, (u64)probe_breakpoint,
	       (u64)probe_breakpoint);
	expect(at(probe_reserve, odd, 0), FAULT_ALIGN, odd,
	       (u64)probe_reserve);
	expect(at(probe_swap, odd, 0), FAULT_ALIGN, odd, (u64)probe_swap);
}

static void is_bad_control(u64 control)
{
	struct message m = { .w = { (u64)probe_invoke, 5, 0, control } };
	AT("control 0x%lx", control);
	probe_noted = (struct probe_answer){ 0 };
	message_call(CAP_PROBE, &m);
	expect(probe_noted, FAULT_CONTROL, (u64)probe_invoke,
	       (u64)probe_invoke);
	CHECK_EQ(probe_noted.regs.x[10], 5);
}

static void control_faults(void)
{
	setup();
	for (u64 op = OP_COUNT; op < 16; op++)
		is_bad_control(op);
	for (unsigned bit = 48; bit < 64; bit++) {
		is_bad_control(1ul << bit | CTL_OP(OP_CALL));
		is_bad_control(1ul << bit | CTL_OP(OP_WAIT));
	}
	is_bad_control(~0ul);
}

static void device_faults(void)
{
	setup();
	place_new(HOLE, CAP_D);
	CHECK_OK(kit(KIT_NO_DEVICE, CAP_E));
	place(HOLE, CAP_D, CAP_E);
	expect(at(probe_load64, HOLE + 8, 0), FAULT_ACCESS, HOLE + 8,
	       (u64)probe_load64);
	expect(at(probe_store64, HOLE + 8, 0), FAULT_ACCESS, HOLE + 8,
	       (u64)probe_store64);
}

/* A keeper that puts a page where it was missing. */
static u64 repair(void)
{
	return node_set(CAP_A, LEAF_SLOT(probe_noted.address), CAP_B);
}

/* A keeper that repairs; the leaf node over HOLE in D, the page in E. */
static void setup_repair(void)
{
	setup();
	place_new(HOLE, CAP_D);
	page_new(CAP_E);
	page_set_word(CAP_E, 8, 444);
	CHECK_OK(range_make(CAP_PROCESSES, 0, CAP_TMP));
	CHECK_OK(process_set_cap(CAP_TMP, CAP_A, CAP_D));
	CHECK_OK(process_set_cap(CAP_TMP, CAP_B, CAP_E));
	probe_repair = repair;
}

static void a_keeper_repairs(void)
{
	setup_repair();
	struct probe_answer a = at(probe_load64, HOLE + 8, 0);
	CHECK_EQ(a.fault, FAULT_READ);
	CHECK_EQ(a.value, 444);
	CHECK_EQ(probe_faults, 1);
	CHECK_EQ(at(probe_store64, HOLE + PAGE_SIZE + 8, 5).fault, FAULT_WRITE);
	CHECK_EQ(page_word(CAP_E, 8), 5);
	CHECK_EQ(at(probe_load64, HOLE + PAGE_SIZE + 8, 0).value, 5);
	CHECK_EQ(probe_faults, 2);
}

/* A string that is missing, and a buffer: the invocation is made again. */
static u64 send_missing(u64 text, u64 buffer, u64 a2, u64 a3, u64 a4, u64 a5,
			u64 a6, u64 a7)
{
	struct message m = { .w = { PAGE_READ, 8, 8, a2 + a3 + a4 + a5 + a6 + a7 },
			     .text = (void *)text, .text_size = 8,
			     .buffer = (void *)buffer, .buffer_size = 8 };
	u64 result = message_call(CAP_A, &m);
	return result == RC_OK ? *(u64 *)buffer : ~0ul;
}

static void a_keeper_repairs_strings(void)
{
	setup_repair();
	CHECK_OK(process_set_cap(CAP_PROBER, CAP_A, CAP_E));
	u64 buffer = HOLE + 3 * PAGE_SIZE + 100;
	CHECK_EQ(at(send_missing, HOLE + 16, buffer).value, 444);
	CHECK_EQ(probe_faults, 2);
}

/* Every register is as it was, before and after a fault is repaired. */
extern char fault_here[], fault_done[];
static __attribute__((naked, used)) void fault_site(void)
{
	asm volatile("fault_here: lbu zero, 0(t6)\n"
		     "fault_done: j fault_done");
}

static void run(u64 w0, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		asm volatile("" ::"r"(w0), "r"(w1), "r"(w2), "r"(w3));
}

static void registers_survive_a_fault(void)
{
	struct proc_regs wish = { .pc = (u64)fault_here }, after = { 0 };
	setup_repair();
	for (unsigned i = 1; i < 32; i++)
		wish.x[i] = 0x1010101010101010ul * i + 1;
	wish.x[31] = HOLE + 5 * PAGE_SIZE;
	CHECK_OK(schedule_make(MAIN_PRIORITY - 1, 0, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_PROBER, PS_SCHEDULE, CAP_TMP));
	thread_aim(CAP_PROBER, 1, run);
	thread_send(CAP_PROBER, 0, 0, 0, 0);
	CHECK_OK(process_set_regs(CAP_PROBER, &wish));
	while (after.pc != (u64)fault_done) {
		pause();
		CHECK_OK(process_get_regs(CAP_PROBER, &after));
	}
	for (unsigned i = 0; i < 32; i++) {
		AT("register %u", i);
		CHECK_EQ(after.x[i], wish.x[i]);
		CHECK_EQ(probe_noted.regs.x[i], wish.x[i]);
	}
	CHECK_EQ(probe_noted.pc, (u64)fault_here);
}

/* The prober makes an access that ends on the junk queue. */
static void goes_to_junk(void)
{
	struct message m = { .w = { (u64)probe_load64, HOLE } };
	message_send(CAP_PROBE, &m);
	AWAIT(is_stalled_on(1, "junk"));
	CHECK_EQ(process_state(CAP_PROBER), PST_RUNNING);
	CHECK_EQ(thread_look(1).fault, FAULT_READ);
}

static void a_keeper_refuses(void)
{
	setup();
	probe_repair = probe_refuse;
	goes_to_junk();
	CHECK_EQ(probe_faults, 1);
	pause();
	CHECK_EQ(probe_faults, 1);
	/* It can be taken off the queue, repaired and resumed. */
	CHECK_OK(process_stop(CAP_PROBER, CAP_D));
	CHECK_EQ(process_state(CAP_PROBER), PST_WAITING);
	CHECK(is_stalled_on(1, ""));
	probe_repair = probe_skip;
	message_send(CAP_D, &(struct message){ .w = { RC_OK } });
	AWAIT(process_state(CAP_PROBER) == PST_AVAILABLE);
	CHECK_EQ(probe_faults, 2);
	CHECK_EQ(at(probe_load64, PROGRAM_START, 0).fault, FAULT_NONE);
}

/* Stopped by hand, and then answered with an error: junk as well. */
static void a_stopped_process_is_refused(void)
{
	thread_start(run, MAIN_PRIORITY - 1, CAP_A, 0, 0);
	CHECK_OK(process_stop(CAP_A, CAP_B));
	message_send(CAP_B, &(struct message){ .w = { RC_STATE } });
	CHECK(is_stalled_on(0, "junk"));
	CHECK_OK(process_stop(CAP_A, CAP_B));
	message_send(CAP_B, &(struct message){ .w = { RC_OK } });
	CHECK(!is_stalled_on(0, "junk"));
	CHECK_EQ(process_state(CAP_A), PST_RUNNING);
}

static void keepers_that_are_none(void)
{
	static const u8 wrong[] = { 0, CAP_PROBER, CAP_SCHEDULE, CAP_PAGES,
				    CAP_DISCRIM };
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		AT("register %u", wrong[i]);
		setup();
		CHECK_OK(process_set_slot(CAP_PROBER, PS_KEEPER, wrong[i]));
		goes_to_junk();
		CHECK_EQ(probe_faults, 0);
		test_clean_up();
	}
}

static void a_keeper_is_itself(void)
{
	setup();
	CHECK_OK(process_set_slot(CAP_PROBER, PS_KEEPER, CAP_PROBE));
	goes_to_junk();
}

static void a_keeper_was_destroyed(void)
{
	setup();
	CHECK_OK(object_destroy(OK_PROCESS, 0));
	goes_to_junk();
}

/* Busy keepers are waited for; destroyed meanwhile, there is none. */
static u64 hold;

static u64 repair_slowly(void)
{
	while (load(&hold))
		pause();
	return probe_skip();
}

static void one_more_fault(u64 thread)
{
	thread_new(prober, MAIN_PRIORITY + 1, CAP_D);
	CHECK_OK(process_set_slot(CAP_D, PS_KEEPER, CAP_KEEP));
	thread_send(CAP_D, (u64)probe_load64, HOLE + thread * 8, 0, 0);
}

static void a_keeper_is_busy(void)
{
	setup();
	CHECK_OK(range_make(CAP_PROCESSES, 0, CAP_D));
	CHECK_OK(process_set_cap(CAP_D, CAP_WAIT, CAP_WAIT));
	probe_repair = repair_slowly;
	store(&hold, 1);
	one_more_fault(2);
	AWAIT(load(&probe_faults) == 1);
	one_more_fault(3);
	AWAIT(is_stalled_on(3, "t0"));
	one_more_fault(4);
	AWAIT(is_stalled_on(4, "t0"));
	CHECK_EQ(thread_look(0).callers, 2);
	CHECK_EQ(probe_noted.address, HOLE + 16);
	store(&hold, 0);
	AWAIT(load(&probe_faults) == 3);
	for (u64 i = 2; i <= 4; i++)
		AWAIT(thread_look(i).state == PST_AVAILABLE);
	CHECK_EQ(probe_noted.address, HOLE + 32);
}

static void a_busy_keeper_is_destroyed(void)
{
	setup();
	CHECK_OK(range_make(CAP_PROCESSES, 0, CAP_D));
	CHECK_OK(process_set_cap(CAP_D, CAP_WAIT, CAP_WAIT));
	probe_repair = repair_slowly;
	store(&hold, 1);
	one_more_fault(2);
	AWAIT(load(&probe_faults) == 1);
	one_more_fault(3);
	AWAIT(is_stalled_on(3, "t0"));
	CHECK_OK(object_destroy(OK_PROCESS, 0));
	AWAIT(is_stalled_on(3, "junk"));
	/* The one that waits for its answer waits on; its answer is lost. */
	CHECK_EQ(thread_look(2).state, PST_WAITING);
}

/* The keeper faults while it handles a fault, and has a keeper too. */
static u64 inner_fault;

static u64 fault_as_well(void)
{
	struct probe_answer outer = probe_noted;
	if (outer.fault == FAULT_ILLEGAL)
		return probe_skip();
	probe_illegal();
	inner_fault = probe_noted.fault;
	probe_noted = outer;
	return probe_skip();
}

static void a_keeper_faults(void)
{
	setup();
	probe_repair = fault_as_well;
	thread_start(keeper, MAIN_PRIORITY + 3, CAP_D, 0, 0);
	CHECK_OK(process_make_start(CAP_D, 0, CAP_D));
	CHECK_OK(range_make(CAP_PROCESSES, 0, CAP_E));
	CHECK_OK(process_set_slot(CAP_E, PS_KEEPER, CAP_D));
	CHECK_EQ(at(probe_load64, HOLE, 0).fault, FAULT_READ);
	CHECK_EQ(inner_fault, FAULT_ILLEGAL);
	CHECK_EQ(probe_faults, 2);
}

/* Two that keep each other: each waits for the other, for good. */
static void two_keep_each_other(void)
{
	for (u64 i = 0; i < 2; i++)
		thread_new(prober, MAIN_PRIORITY + 1, CAP_A + (unsigned)i);
	for (u64 i = 0; i < 2; i++) {
		CHECK_OK(process_make_start(CAP_A + (unsigned)i, 0, CAP_C));
		CHECK_OK(process_set_slot(CAP_B - (unsigned)i, PS_KEEPER,
					  CAP_C));
	}
	thread_send(CAP_A, (u64)probe_illegal, 0, 0, 0);
	AWAIT(process_state(CAP_A) == PST_WAITING);
	thread_restart(CAP_B, 1, prober);
	thread_send(CAP_B, (u64)probe_illegal, 0, 0, 0);
	AWAIT(is_stalled_on(1, "t0"));
	CHECK_OK(process_stop(CAP_B, CAP_C));
	CHECK_EQ(process_state(CAP_B), PST_WAITING);
}

/* The keeper makes the process available; or answers, after it was moved. */
static u64 make_available(void)
{
	return call4(CAP_FAULTED, PROC_AVAILABLE, 0, 0, 0).w0;
}

static void a_keeper_ends_the_work(void)
{
	setup();
	probe_repair = make_available;
	message_send(CAP_PROBE, &(struct message){
					.w = { (u64)probe_load64, HOLE } });
	AWAIT(load(&probe_faults) == 1);
	AWAIT(process_state(CAP_PROBER) == PST_AVAILABLE);
	pause();
	CHECK_EQ(probe_faults, 1);
	CHECK_EQ(process_state(CAP_PROBER), PST_AVAILABLE);
}

/* Malformed processes: the slot at fault is told. */
static void malformed_processes(void)
{
	static const struct {
		enum proc_slot slot;
		u8 wrong;
	} some[] = { { PS_SCHEDULE, 0 }, { PS_SCHEDULE, CAP_KIT },
		     { PS_SCHEDULE, CAP_SELF }, { PS_METER, CAP_KIT },
		     { PS_METER, CAP_SCHEDULE }, { PS_METER, CAP_SELF } };
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++) {
		AT("slot %u, register %u", some[i].slot, some[i].wrong);
		setup();
		probe_repair = probe_refuse;
		CHECK_OK(process_set_slot(CAP_PROBER, some[i].slot,
					  some[i].wrong));
		message_send(CAP_PROBE, &(struct message){ 0 });
		AWAIT(load(&probe_faults) == 1);
		CHECK_EQ(probe_noted.fault, FAULT_MALFORMED);
		CHECK_EQ(probe_noted.detail, some[i].slot);
		AWAIT(is_stalled_on(1, "junk"));
		CHECK_EQ(thread_look(1).fault, FAULT_MALFORMED);
		test_clean_up();
	}
}

static u64 mend_schedule(void)
{
	return process_set_slot(CAP_FAULTED, PS_SCHEDULE, CAP_SCHEDULE);
}

static void a_malformed_process_is_mended(void)
{
	setup();
	probe_repair = mend_schedule;
	CHECK_OK(range_make(CAP_PROCESSES, 0, CAP_D));
	CHECK_OK(process_set_cap(CAP_D, CAP_SCHEDULE, CAP_SCHEDULE));
	CHECK_OK(process_set_slot(CAP_PROBER, PS_SCHEDULE, 0));
	struct message m = { 0 };
	CHECK_EQ(message_call(CAP_PROBE, &m), 0);
	CHECK_EQ(probe_faults, 1);
	CHECK_EQ(thread_look(1).priority, 15);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "memory faults", memory_faults },
		{ "instruction faults", instruction_faults },
		{ "control faults", control_faults },
		{ "device faults", device_faults },
		{ "a keeper repairs", a_keeper_repairs },
		{ "a keeper repairs strings", a_keeper_repairs_strings },
		{ "registers survive a fault", registers_survive_a_fault },
		{ "a keeper refuses", a_keeper_refuses },
		{ "a stopped process is refused",
		  a_stopped_process_is_refused },
		{ "keepers that are none", keepers_that_are_none },
		{ "a keeper is itself", a_keeper_is_itself },
		{ "a keeper was destroyed", a_keeper_was_destroyed },
		{ "a keeper is busy", a_keeper_is_busy },
		{ "a busy keeper is destroyed", a_busy_keeper_is_destroyed },
		{ "a keeper faults", a_keeper_faults },
		{ "two keep each other", two_keep_each_other },
		{ "a keeper ends the work", a_keeper_ends_the_work },
		{ "malformed processes", malformed_processes },
		{ "a malformed process is mended",
		  a_malformed_process_is_mended },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
