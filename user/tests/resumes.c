/*
 * Resume capabilities: one answer each, whoever holds them; and answers of
 * kernel objects to a third process.
 */
#include "memory.h"

/* What the waiting process got, and how often it went on. */
static struct message got;
static u64 answers;

/* Calls C again and again, with a buffer; what comes is in `got`. */
static void caller(u64 w0, u64 w1, u64 w2, u64 w3)
{
	static char text[PAGE_SIZE];
	for (;;) {
		struct message m = { .w = { w0, w1, w2, w3 }, .buffer = text,
				     .buffer_size = sizeof(text),
				     .receive = { CAP_A, CAP_B } };
		message_call(CAP_C, &m);
		got = m;
		add(&answers, 1);
	}
}

/* Keeps every call: hands its caller's resume capability on, to who asks. */
static void silent(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;)
		message_wait(&m);
}

/*
 * A process that waits for an answer: a process capability in A, its resume
 * capability in B; the one that was called, in C.
 */
static void waiting(void)
{
	thread_start(silent, MAIN_PRIORITY + 2, CAP_C, 0, 0);
	CHECK_OK(process_make_start(CAP_C, 0, CAP_D));
	thread_new(caller, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(process_set_cap(CAP_A, CAP_C, CAP_D));
	store(&answers, 0);
	thread_send(CAP_A, 0, 0, 0, 0);
	AWAIT(process_state(CAP_A) == PST_WAITING);
	CHECK_OK(process_resume(CAP_A, CAP_B));
}

static u64 type_of(unsigned cap)
{
	return cap_type_of(cap, NULL);
}

static bool same(unsigned a, unsigned b)
{
	struct message m = { .w = { DISCRIM_EQUAL }, .send = { (u8)a, (u8)b } };
	CHECK_OK(message_call(CAP_DISCRIM, &m));
	return m.w[1];
}

/* Answers by the capability in a register. */
static void answer(unsigned resume, u64 w0, u64 w1)
{
	struct message m = { .w = { w0, w1 } };
	message_send(resume, &m);
}

static void copies_die_together(void)
{
	waiting();
	CHECK_OK(process_set_cap(CAP_SELF, CAP_D, CAP_B));
	node_new(SPAN_MIN, CAP_E);
	CHECK_OK(node_set(CAP_E, 3, CAP_B));
	CHECK(same(CAP_B, CAP_D));
	answer(CAP_D, 40, 41);
	AWAIT(load(&answers) == 1);
	CHECK_EQ(got.w[0], 40);
	CHECK_EQ(got.w[1], 41);
	CHECK_EQ(type_of(CAP_B), CT_VOID);
	CHECK_EQ(type_of(CAP_D), CT_VOID);
	CHECK_OK(node_get(CAP_E, 3, CAP_E));
	CHECK_EQ(type_of(CAP_E), CT_VOID);
	CHECK_EQ(call4(CAP_B, 1, 2, 3, 4).w0, RC_VOID);
	CHECK_EQ(call4(CAP_E, 1, 2, 3, 4).w0, RC_VOID);
	answer(CAP_B, 50, 51);
	AWAIT(process_state(CAP_A) == PST_WAITING);
	CHECK_EQ(answers, 1);
}

/* The capability that PROC_RESUME gives is the one that the callee has. */
static void one_wait_one_capability(void)
{
	struct message m = { .w = { PROC_GET_CAP, CAP_E },
			     .receive = { CAP_D } };
	waiting();
	CHECK_OK(message_call(CAP_C, &m));
	CHECK(same(CAP_B, CAP_D));
	answer(CAP_B, 1, 1);
	AWAIT(load(&answers) == 1 && process_state(CAP_A) == PST_WAITING);
	CHECK_OK(process_resume(CAP_A, CAP_E));
	CHECK(!same(CAP_E, CAP_D));
	answer(CAP_D, 2, 2);
	CHECK_EQ(process_state(CAP_A), PST_WAITING);
	answer(CAP_E, 3, 3);
	AWAIT(load(&answers) == 2);
	CHECK_EQ(got.w[0], 3);
}

static void stopping_voids_it(void)
{
	waiting();
	CHECK_OK(process_stop(CAP_A, CAP_D));
	CHECK_EQ(type_of(CAP_B), CT_VOID);
	answer(CAP_B, 1, 1);
	CHECK_EQ(process_state(CAP_A), PST_WAITING);
	answer(CAP_D, 2, 2);
	AWAIT(load(&answers) == 1);
	CHECK_EQ(got.w[0], 2);
}

static void availability_voids_it(void)
{
	waiting();
	CHECK_OK(call4(CAP_A, PROC_AVAILABLE, 0, 0, 0).w0);
	CHECK_EQ(process_state(CAP_A), PST_AVAILABLE);
	CHECK_EQ(call4(CAP_B, 1, 2, 3, 4).w0, RC_VOID);
	CHECK_EQ(process_state(CAP_A), PST_AVAILABLE);
	CHECK_EQ(answers, 0);
}

static void destruction_voids_it(void)
{
	waiting();
	CHECK_OK(object_destroy(OK_PROCESS, 1));
	CHECK_EQ(type_of(CAP_B), CT_VOID);
	CHECK_EQ(call4(CAP_B, 1, 2, 3, 4).w0, RC_VOID);
	/* The same OID, waiting again, is another wait. */
	test.made[OK_PROCESS] = 1;
	thread_new(caller, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(process_make_start(CAP_C, 0, CAP_D));
	CHECK_OK(process_set_cap(CAP_A, CAP_C, CAP_D));
	thread_send(CAP_A, 0, 0, 0, 0);
	AWAIT(process_state(CAP_A) == PST_WAITING);
	CHECK_EQ(call4(CAP_B, 1, 2, 3, 4).w0, RC_VOID);
	CHECK_EQ(process_state(CAP_A), PST_WAITING);
}

/* Sends a message to a kernel object that answers to the waiting process. */
static void ask_for_it(unsigned target, struct message m)
{
	m.resume_out = CAP_B;
	message_send(target, &m);
}

static void an_object_answers_a_third(void)
{
	waiting();
	page_new(CAP_D);
	page_set_word(CAP_D, 16, 0x1122334455667788);
	ask_for_it(CAP_D, (struct message){ .w = { PAGE_READ, 16, 8 } });
	AWAIT(load(&answers) == 1);
	CHECK_EQ(got.w[0], RC_OK);
	CHECK_EQ(got.length, 8);
	CHECK_EQ(*(const u64 *)got.buffer, 0x1122334455667788);
	CHECK_EQ(type_of(CAP_B), CT_VOID);
}

/* ... also with a capability, and also an error. */
static void answers_of_all_kinds(void)
{
	struct message m = { .w = { PROC_GET_CAP, CAP_A },
			     .receive = { CAP_E } };
	u64 rights;
	waiting();
	page_new(CAP_D);
	ask_for_it(CAP_D, (struct message){ .w = { PAGE_READONLY } });
	AWAIT(load(&answers) == 1 && process_state(CAP_A) == PST_WAITING);
	CHECK_EQ(got.w[0], RC_OK);
	CHECK_OK(message_call(CAP_A, &m));
	CHECK_EQ(cap_type_of(CAP_E, &rights), CT_PAGE);
	CHECK_EQ(rights, CR_READONLY);
	CHECK_OK(process_resume(CAP_A, CAP_B));
	ask_for_it(CAP_D, (struct message){ .w = { PAGE_READ, 4090, 8 } });
	AWAIT(load(&answers) == 2 && process_state(CAP_A) == PST_WAITING);
	CHECK_EQ(got.w[0], RC_ARGUMENT);
	CHECK_EQ(got.length, 0);
	CHECK_OK(process_resume(CAP_A, CAP_B));
	ask_for_it(0, (struct message){ .w = { 1, 2, 3, 4 } });
	AWAIT(load(&answers) == 3);
	CHECK_EQ(got.w[0], RC_VOID);
	CHECK_EQ(got.w[1], 0);
}

/* A server may let a kernel object answer for it, and wait for the next. */
static void delegate(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	message_wait(&m);
	for (;;) {
		m.resume_out = CAP_E;
		m.w[0] = m.w[1];
		m.w[1] = m.w[2];
		m.w[2] = m.w[3];
		message_reply_wait(CAP_B, &m);
	}
}

static void a_server_delegates_to_an_object(void)
{
	u64 word = 0;
	page_new(CAP_B);
	page_set_word(CAP_B, 24, 99);
	thread_start(delegate, MAIN_PRIORITY + 1, CAP_A, 0, 0);
	CHECK_OK(process_set_cap(CAP_A, CAP_B, CAP_B));
	CHECK_OK(process_make_start(CAP_A, 0, CAP_A));
	for (unsigned i = 0; i < 3; i++) {
		struct message m = { .w = { 0, PAGE_READ, 24, 8 },
				     .buffer = &word, .buffer_size = 8 };
		CHECK_EQ(message_call(CAP_A, &m), RC_OK);
		CHECK_EQ(m.length, 8);
		CHECK_EQ(word, 99 + i);
		page_set_word(CAP_B, 24, 100 + i);
	}
	struct message bad = { .w = { 0, 77 } };
	CHECK_EQ(message_call(CAP_A, &bad), RC_ORDER);
}

/*
 * Who stops being receptive through the very operation it is to be answered
 * for gets no answer; nothing else changes.
 */
static void not_receptive_by_the_operation(void)
{
	static const u64 orders[] = { PROC_STOP, PROC_AVAILABLE };
	for (unsigned i = 0; i < ARRAY_SIZE(orders); i++) {
		struct proc_regs old, new;
		AT("order %lu", orders[i]);
		waiting();
		CHECK_OK(process_get_regs(CAP_A, &old));
		ask_for_it(CAP_A, (struct message){ .w = { orders[i] } });
		CHECK_EQ(process_state(CAP_A), orders[i] == PROC_STOP ?
						       PST_WAITING :
						       PST_AVAILABLE);
		CHECK_OK(process_get_regs(CAP_A, &new));
		CHECK(memcmp(&old, &new, sizeof(old)) == 0);
		CHECK_EQ(type_of(CAP_B), CT_VOID);
		CHECK_EQ(answers, 0);
		test_clean_up();
	}
}

/* The operation destroys whom it is to be answered to. */
static void destroyed_by_the_operation(void)
{
	waiting();
	ask_for_it(CAP_PROCESSES,
		   (struct message){ .w = { RANGE_DESTROY, 1 } });
	CHECK_EQ(type_of(CAP_A), CT_VOID);
	CHECK_EQ(type_of(CAP_B), CT_VOID);
	pause();
	CHECK_EQ(answers, 0);
}

/* The operation changes it, but it is receptive still. */
static void changed_by_the_operation(void)
{
	struct proc_regs regs;
	waiting();
	CHECK_OK(process_get_regs(CAP_A, &regs));
	regs.x[3] = 123; /* gp, which no program here uses */
	ask_for_it(CAP_A, (struct message){ .w = { PROC_SET_REGS },
					    .text = &regs,
					    .text_size = sizeof(regs) });
	AWAIT(load(&answers) == 1);
	CHECK_EQ(got.w[0], RC_OK);
}

/* Orders on the process that is to be answered, about itself. */
static void answers_about_itself(void)
{
	waiting();
	ask_for_it(CAP_A, (struct message){ .w = { PROC_GET_STATE } });
	AWAIT(load(&answers) == 1 && process_state(CAP_A) == PST_WAITING);
	CHECK_EQ(got.w[0], RC_OK);
	CHECK_EQ(got.w[1], PST_WAITING);
	CHECK_OK(process_resume(CAP_A, CAP_B));
	ask_for_it(CAP_A, (struct message){ .w = { PROC_GET_REGS } });
	AWAIT(load(&answers) == 2);
	CHECK_EQ(got.w[0], RC_OK);
	CHECK_EQ(got.length, sizeof(struct proc_regs));
}

/* Its buffer and space are what the operation is about. */
static void the_space_of_the_answered(void)
{
	waiting();
	kit(KIT_SPACE, CAP_D);
	ask_for_it(CAP_D, (struct message){ .w = { NODE_GET_SPAN } });
	AWAIT(load(&answers) == 1);
	CHECK_EQ(got.w[0], RC_OK);
	CHECK_EQ(got.w[1], ROOT_SPAN);
}

/* Through a weak node no resume capability comes. */
static void not_through_a_weak_node(void)
{
	struct message m = { .w = { NODE_WEAK }, .receive = { CAP_E } };
	waiting();
	node_new(SPAN_MIN, CAP_D);
	CHECK_OK(node_set(CAP_D, 0, CAP_B));
	CHECK_OK(message_call(CAP_D, &m));
	CHECK_OK(node_get(CAP_E, 0, CAP_E));
	CHECK_EQ(type_of(CAP_E), CT_VOID);
	CHECK_EQ(type_of(CAP_B), CT_RESUME);
}

/* Many hold it; exactly one answer arrives. */
#define HOLDERS 8
static u64 holders_done;

static void holder(u64 me, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { me, w1, w2, w3 } };
	message_send(CAP_B, &m);
	add(&holders_done, 1);
}

static void a_race_for_the_answer(void)
{
	waiting();
	store(&holders_done, 0);
	for (u64 i = 0; i < HOLDERS; i++) {
		thread_new(holder, MAIN_PRIORITY - 1, CAP_D);
		CHECK_OK(process_set_cap(CAP_D, CAP_B, CAP_B));
		thread_send(CAP_D, 100 + i, 0, 0, 0);
	}
	AWAIT(load(&holders_done) == HOLDERS);
	AWAIT(process_state(CAP_A) == PST_WAITING);
	CHECK_EQ(answers, 1);
	CHECK(got.w[0] >= 100 && got.w[0] < 100 + HOLDERS);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "copies die together", copies_die_together },
		{ "one wait, one capability", one_wait_one_capability },
		{ "stopping voids it", stopping_voids_it },
		{ "availability voids it", availability_voids_it },
		{ "destruction voids it", destruction_voids_it },
		{ "an object answers a third", an_object_answers_a_third },
		{ "answers of all kinds", answers_of_all_kinds },
		{ "a server delegates to an object",
		  a_server_delegates_to_an_object },
		{ "not receptive by the operation",
		  not_receptive_by_the_operation },
		{ "destroyed by the operation", destroyed_by_the_operation },
		{ "changed by the operation", changed_by_the_operation },
		{ "answers about itself", answers_about_itself },
		{ "the space of the answered", the_space_of_the_answered },
		{ "not through a weak node", not_through_a_weak_node },
		{ "a race for the answer", a_race_for_the_answer },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
