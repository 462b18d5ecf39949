/*
 * Process capabilities: registers, slots, states; stopping, resuming and making
 * available of processes in every state, on this hart and on others.
 */
#include "thread.h"

static u64 counts[THREADS_MAX], results[THREADS_MAX];

/* Counts in memory, and in a register that stays the same one. */
static void count(u64 me, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		add(&counts[me], 1 + 0 * (w1 + w2 + w3));
}

static void call(u64 me, u64 w1, u64 w2, u64 w3)
{
	store(&results[me], call4(CAP_C, me, w1, w2, w3).w0);
	for (;;)
		thread_rest();
}

static void answer(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;)
		message_reply_wait(CAP_E, &m);
}

static void sleep_long(u64 w0, u64 when, u64 w2, u64 w3)
{
	call4(CAP_WAIT, WAIT_UNTIL, when, w2, w3);
	store(&results[w0], 1);
	thread_rest();
}

static void wait_for_line(u64 w0, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		call4(CAP_D, IRQ_WAIT, w1, w2 + w0, w3);
}

static u64 order(unsigned process, u64 w0, u64 w1, unsigned send, unsigned to)
{
	struct message m = { .w = { w0, w1 }, .send = { (u8)send },
			     .receive = { (u8)to } };
	return message_call(process, &m);
}

static u64 available(unsigned process)
{
	return order(process, PROC_AVAILABLE, 0, 0, 0);
}

static void resume(unsigned cap)
{
	message_send(cap, &(struct message){ .w = { RC_OK } });
}

/* A helper that counts, in A. */
static u64 counting(unsigned priority)
{
	u64 me = thread_new(count, priority, CAP_A);
	store(&counts[me], 0);
	thread_send(CAP_A, me, 0, 0, 0);
	AWAIT(load(&counts[me]) > 0);
	return me;
}

static bool goes_on(u64 me)
{
	u64 before = load(&counts[me]);
	AWAIT(load(&counts[me]) > before);
	return true;
}

static bool stands_still(u64 me)
{
	u64 before = load(&counts[me]);
	for (unsigned i = 0; i < 3; i++)
		pause();
	return load(&counts[me]) == before;
}

static void registers(void)
{
	struct proc_regs in, out;
	thread_new(count, MAIN_PRIORITY, CAP_A);
	for (unsigned round = 0; round < 2; round++) {
		in.pc = 0x123456789abcdef0ul + round * 2;
		for (unsigned i = 0; i < 32; i++)
			in.x[i] = ~(0x0123456789abcdeful * (i + round));
		CHECK_OK(process_set_regs(CAP_A, &in));
		CHECK_OK(process_get_regs(CAP_A, &out));
		CHECK_EQ(out.pc, in.pc);
		CHECK_EQ(out.x[0], 0);
		for (unsigned i = 1; i < 32; i++)
			CHECK_EQ(out.x[i], in.x[i]);
	}
	for (size_t size = 0; size <= 2 * sizeof(in); size += 8) {
		static char text[2 * sizeof(in)];
		struct message m = { .w = { PROC_SET_REGS }, .text = text,
				     .text_size = size };
		if (size == sizeof(in))
			continue;
		CHECK_EQ(message_call(CAP_A, &m), RC_STRING);
	}
	CHECK_OK(process_get_regs(CAP_A, &out));
	CHECK_EQ(out.x[5], in.x[5]);
}

static void slots_and_capabilities(void)
{
	thread_new(count, MAIN_PRIORITY, CAP_A);
	for (u64 i = 1; i < CAP_REGS; i++) {
		CHECK_OK(order(CAP_A, PROC_SET_CAP, i, CAP_SCHEDULE, 0));
		CHECK_OK(order(CAP_A, PROC_GET_CAP, i, 0, CAP_B));
		CHECK_EQ(cap_type_of(CAP_B, NULL), CT_SCHEDULE);
	}
	CHECK_OK(order(CAP_A, PROC_SET_CAP, 0, CAP_SCHEDULE, 0));
	CHECK_OK(order(CAP_A, PROC_GET_CAP, 0, 0, CAP_B));
	CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
	for (u64 i = 0; i < PS_COUNT; i++) {
		CHECK_OK(order(CAP_A, PROC_SET_SLOT, i, CAP_DISCRIM, 0));
		CHECK_OK(order(CAP_A, PROC_GET_SLOT, i, 0, CAP_B));
		CHECK_EQ(cap_type_of(CAP_B, NULL), CT_DISCRIM);
	}
	for (u64 w0 = PROC_GET_CAP; w0 <= PROC_SET_SLOT; w0++) {
		u64 end = w0 <= PROC_SET_CAP ? CAP_REGS : PS_COUNT;
		AT("order %lu", w0);
		CHECK_EQ(order(CAP_A, w0, end, CAP_A, CAP_B), RC_ARGUMENT);
		CHECK_EQ(order(CAP_A, w0, ~0ul, CAP_A, CAP_B), RC_ARGUMENT);
		CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
	}
}

static void names_and_badges(void)
{
	struct message m = { .w = { PROC_SET_NAME }, .text = "0123456789abcdefg",
			     .text_size = 15 };
	u64 me = thread_new(count, MAIN_PRIORITY, CAP_A);
	CHECK_OK(message_call(CAP_A, &m));
	m.w[0] = PROC_SET_NAME;
	m.text_size = 16;
	CHECK_EQ(message_call(CAP_A, &m), RC_STRING);
	CHECK_OK(process_set_name(CAP_A, "t0"));
	CHECK_EQ(thread_look(me).state, PST_AVAILABLE);
	CHECK_EQ(order(CAP_A, PROC_MAKE_START, 0x10000, 0, CAP_B), RC_ARGUMENT);
	CHECK_EQ(order(CAP_A, PROC_MAKE_START, ~0ul, 0, CAP_B), RC_ARGUMENT);
	CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
	CHECK_OK(order(CAP_A, PROC_MAKE_START, 0xffff, 0, CAP_B));
	CHECK_EQ(cap_type_of(CAP_B, NULL), CT_START);
	CHECK_EQ(order(CAP_A, PROC_RESUME + 1, 0, 0, 0), RC_ORDER);
	CHECK_EQ(order(CAP_A, ~0ul, 0, 0, 0), RC_ORDER);
	CHECK_EQ(order(CAP_A, ORDER_TYPE, 0, 0, 0), RC_OK);
}

/* What makes no sense about oneself is refused, the rest is not. */
static void about_oneself(void)
{
	static const u64 refused[] = { PROC_GET_REGS, PROC_STOP,
				       PROC_AVAILABLE, PROC_RESUME };
	struct proc_regs regs = { 0 };
	for (unsigned i = 0; i < ARRAY_SIZE(refused); i++) {
		AT("order %lu", refused[i]);
		CHECK_EQ(order(CAP_SELF, refused[i], 0, 0, CAP_A), RC_ALIASED);
		CHECK_EQ(cap_type_of(CAP_A, NULL), CT_VOID);
	}
	CHECK_EQ(process_set_regs(CAP_SELF, &regs), RC_ALIASED);
	CHECK_EQ(process_state(CAP_SELF), PST_RUNNING);
	CHECK_OK(order(CAP_SELF, PROC_GET_CAP, CAP_CONSOLE, 0, CAP_A));
	CHECK_EQ(cap_type_of(CAP_A, NULL), CT_CONLOG);
	CHECK_OK(order(CAP_SELF, PROC_SET_CAP, CAP_A, CAP_DISCRIM, 0));
	CHECK_EQ(cap_type_of(CAP_A, NULL), CT_DISCRIM);
	CHECK_OK(order(CAP_SELF, PROC_GET_SLOT, PS_SPACE, 0, CAP_A));
	CHECK_OK(order(CAP_SELF, PROC_SET_SLOT, PS_SPACE, CAP_A, 0));
	CHECK_OK(order(CAP_SELF, PROC_SET_SLOT, PS_BRAND, CAP_A, 0));
	CHECK_OK(process_set_name(CAP_SELF, "test"));
	CHECK_OK(process_make_start(CAP_SELF, 1, CAP_A));
}

static void states(void)
{
	u64 me = thread_new(answer, MAIN_PRIORITY + 1, CAP_A);
	CHECK_EQ(process_state(CAP_A), PST_AVAILABLE);
	thread_send(CAP_A, 0, 0, 0, 0);
	AWAIT(process_state(CAP_A) == PST_AVAILABLE);
	CHECK_OK(process_stop(CAP_A, CAP_B));
	CHECK_EQ(process_state(CAP_A), PST_WAITING);
	CHECK_EQ(thread_look(me).state, PST_WAITING);
	CHECK_OK(available(CAP_A));
	CHECK_OK(available(CAP_A));
	CHECK_EQ(process_state(CAP_A), PST_AVAILABLE);
	CHECK_EQ(process_resume(CAP_A, CAP_B), RC_STATE);
	CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
	CHECK_EQ(process_state(CAP_SELF), PST_RUNNING);
	counting(MAIN_PRIORITY - 1);
	CHECK_EQ(process_state(CAP_A), PST_RUNNING);
	CHECK_EQ(process_resume(CAP_A, CAP_B), RC_STATE);
}

static void a_running_process_stops(void)
{
	u64 me = counting(MAIN_PRIORITY - 1);
	for (unsigned i = 0; i < 5; i++) {
		CHECK_OK(process_stop(CAP_A, CAP_B));
		CHECK_EQ(process_state(CAP_A), PST_WAITING);
		CHECK(stands_still(me));
		resume(CAP_B);
		CHECK(goes_on(me));
		CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
	}
	/* Stopped twice: only the last resume capability counts. */
	CHECK_OK(process_stop(CAP_A, CAP_B));
	CHECK_OK(process_stop(CAP_A, CAP_C));
	resume(CAP_B);
	CHECK(stands_still(me));
	resume(CAP_C);
	CHECK(goes_on(me));
}

static void a_running_process_is_looked_at(void)
{
	u64 me = counting(MAIN_PRIORITY - 1);
	struct proc_regs regs;
	for (unsigned i = 0; i < 8; i++) {
		CHECK_OK(process_get_regs(CAP_A, &regs));
		CHECK(regs.pc >= (u64)count && regs.pc < (u64)count + 64);
		CHECK(goes_on(me));
	}
}

static void a_running_process_is_moved(void)
{
	counting(MAIN_PRIORITY - 1);
	for (u64 i = 1; i < 8; i++) {
		struct proc_regs regs = { .pc = (u64)count };
		store(&counts[i], 0);
		regs.x[2] = (u64)&thread_stacks[1];
		regs.x[10] = i;
		CHECK_OK(process_set_regs(CAP_A, &regs));
		CHECK(goes_on(i));
		CHECK(stands_still(i - 1));
	}
}

static void a_running_process_is_made_available(void)
{
	u64 me = counting(MAIN_PRIORITY - 1);
	CHECK_OK(available(CAP_A));
	CHECK(stands_still(me));
	thread_aim(CAP_A, me, count);
	store(&counts[3], 0);
	thread_send(CAP_A, 3, 0, 0, 0);
	CHECK(goes_on(3));
}

/* Helpers 1, 2, 3 call helper 0, which never listens; helper 2 is in B. */
static void stalled(void)
{
	counting(MAIN_PRIORITY - 1);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_C));
	for (u64 i = 1; i <= 3; i++) {
		store(&results[i], ~0ul);
		thread_new(call, MAIN_PRIORITY + 1, CAP_B);
		CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_C));
		thread_send(CAP_B, i, 0, 0, 0);
		AWAIT(is_stalled_on(i, "t0"));
	}
	CHECK_OK(range_make(CAP_PROCESSES, 2, CAP_B));
}

/* Helper 0 listens at last. */
static void listen(void)
{
	thread_restart(CAP_A, 0, answer);
}

static void a_stalled_process_stops(void)
{
	stalled();
	CHECK_OK(process_stop(CAP_B, CAP_D));
	CHECK_EQ(process_state(CAP_B), PST_WAITING);
	CHECK_EQ(thread_look(0).callers, 2);
	resume(CAP_D);
	AWAIT(is_stalled_on(2, "t0"));
	CHECK_OK(process_stop(CAP_B, CAP_D));
	listen();
	AWAIT(load(&results[1]) == 1 && load(&results[3]) == 3);
	CHECK_EQ(load(&results[2]), ~0ul);
	resume(CAP_D);
	AWAIT(load(&results[2]) == 2);
}

static void a_stalled_process_is_made_available(void)
{
	stalled();
	CHECK_OK(available(CAP_B));
	CHECK_EQ(process_state(CAP_B), PST_AVAILABLE);
	CHECK_EQ(thread_look(0).callers, 2);
	listen();
	AWAIT(load(&results[1]) == 1 && load(&results[3]) == 3);
	CHECK_EQ(load(&results[2]), ~0ul);
	CHECK_EQ(process_state(CAP_B), PST_AVAILABLE);
}

static void a_stalled_process_is_moved(void)
{
	stalled();
	thread_aim(CAP_B, 2, thread_rest_now);
	AWAIT(process_state(CAP_B) == PST_AVAILABLE);
	listen();
	AWAIT(load(&results[1]) == 1 && load(&results[3]) == 3);
	CHECK_EQ(load(&results[2]), ~0ul);
}

/* Stalled in a call that is due long from now, or never. */
static void sleeping(u64 when)
{
	store(&results[0], 0);
	thread_new(sleep_long, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(process_set_cap(CAP_A, CAP_WAIT, CAP_WAIT));
	thread_send(CAP_A, 0, when, 0, 0);
	AWAIT(is_stalled_on(0, "wait 0"));
}

static void a_sleeping_process(void)
{
	sleeping(time_now() + 30 * moment());
	CHECK_OK(process_stop(CAP_A, CAP_B));
	AWAIT(is_stalled_on(0, ""));
	resume(CAP_B);
	AWAIT(load(&results[0]) == 1);
	test_clean_up();
	sleeping(~0ul);
	CHECK_OK(available(CAP_A));
	CHECK(is_stalled_on(0, ""));
	CHECK_EQ(process_state(CAP_A), PST_AVAILABLE);
}

static void a_driver(void)
{
	kit(KIT_IRQ, CAP_D);
	thread_new(wait_for_line, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(process_set_cap(CAP_A, CAP_D, CAP_D));
	thread_send(CAP_A, 0, 0, 0, 0);
	for (unsigned i = 0; i < 3; i++) {
		AWAIT(is_stalled_on(0, "irq 11"));
		CHECK_OK(process_stop(CAP_A, CAP_B));
		CHECK(is_stalled_on(0, ""));
		resume(CAP_B);
	}
	AWAIT(is_stalled_on(0, "irq 11"));
	CHECK_OK(available(CAP_A));
	CHECK(is_stalled_on(0, ""));
}

/* Waits for an answer: what was asked for comes to the new capability. */
static void a_waiting_process_stops(void)
{
	thread_new(thread_rest_now, MAIN_PRIORITY, CAP_A);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_C));
	store(&results[1], ~0ul);
	thread_new(call, MAIN_PRIORITY + 1, CAP_B);
	CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_C));
	thread_send(CAP_B, 1, 0, 0, 0);
	AWAIT(process_state(CAP_B) == PST_WAITING);
	CHECK_OK(process_stop(CAP_B, CAP_D));
	message_send(CAP_D, &(struct message){ .w = { 77 } });
	AWAIT(load(&results[1]) == 77);
}

/* Available ones: callers stall; the resume capability works as a start. */
static void an_available_process_stops(void)
{
	thread_new(answer, MAIN_PRIORITY, CAP_A);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_C));
	CHECK_OK(process_stop(CAP_A, CAP_D));
	for (u64 i = 1; i <= 2; i++) {
		store(&results[i], ~0ul);
		thread_new(call, MAIN_PRIORITY + 1, CAP_B);
		CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_C));
		thread_send(CAP_B, i, 0, 0, 0);
		AWAIT(is_stalled_on(i, "t0"));
	}
	CHECK_EQ(call4(CAP_D, 31, 0, 0, 0).w0, 31);
	AWAIT(load(&results[1]) == 1 && load(&results[2]) == 2);
}

/* Available with callers behind the one that was woken: on the worry queue. */
static void a_process_that_is_worried_about(void)
{
	for (unsigned end = 0; end < 3; end++) {
		AT("end %u", end);
		stalled();
		/* The first caller is stopped before its turn comes. */
		CHECK_OK(range_make(CAP_PROCESSES, 1, CAP_B));
		CHECK_OK(process_stop(CAP_B, CAP_D));
		listen();
		if (end == 1)
			CHECK_OK(object_destroy(OK_PROCESS, 0));
		if (end == 2) {
			CHECK_OK(process_stop(CAP_A, CAP_E));
			resume(CAP_E);
		}
		AWAIT(load(&results[3]) != ~0ul);
		AWAIT(end == 1 || load(&results[2]) == 2);
		CHECK_EQ(load(&results[1]), ~0ul);
		test_clean_up();
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "registers", registers },
		{ "slots and capabilities", slots_and_capabilities },
		{ "names and badges", names_and_badges },
		{ "about oneself", about_oneself },
		{ "states", states },
		{ "a running process stops", a_running_process_stops },
		{ "a running process is looked at",
		  a_running_process_is_looked_at },
		{ "a running process is moved", a_running_process_is_moved },
		{ "a running process is made available",
		  a_running_process_is_made_available },
		{ "a stalled process stops", a_stalled_process_stops },
		{ "a stalled process is made available",
		  a_stalled_process_is_made_available },
		{ "a stalled process is moved", a_stalled_process_is_moved },
		{ "a sleeping process", a_sleeping_process },
		{ "a driver", a_driver },
		{ "a waiting process stops", a_waiting_process_stops },
		{ "an available process stops", an_available_process_stops },
		{ "a process that is worried about",
		  a_process_that_is_worried_about },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
