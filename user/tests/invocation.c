/* CALL, REPLY_WAIT, SEND and WAIT: words, capabilities, who waits for whom. */
#include "thread.h"

/* What the server was sent last, and what it is to answer. */
static struct message seen, reply;
static u64 served;
static u64 types[MSG_CAPS + 1], values[MSG_CAPS];

static u64 type_of(unsigned cap)
{
	return cap_type_of(cap, NULL);
}

/* Takes what comes into registers A to D and the resume capability into E. */
static void serve(u64 w0, u64 w1, u64 w2, u64 w3)
{
	seen.w[0] = w0 + w1 + w2 + w3; /* the message that started it */
	struct message m = { .receive = { CAP_A, CAP_B, CAP_C, CAP_D },
			     .resume = CAP_E };
	message_wait(&m);
	for (;;) {
		seen = m;
		for (unsigned i = 0; i < MSG_CAPS; i++) {
			types[i] = type_of(CAP_A + i);
			number_read(CAP_A + i, &values[i]);
		}
		types[MSG_CAPS] = type_of(CAP_E);
		add(&served, 1);
		m = reply;
		message_reply_wait(CAP_E, &m);
	}
}

/* A server that waits; a start capability to it in CAP_A. */
static void server(u16 badge)
{
	served = 0;
	reply = (struct message){ .receive = { CAP_A, CAP_B, CAP_C, CAP_D },
				  .resume = CAP_E };
	thread_start(serve, MAIN_PRIORITY + 1, CAP_A, 0, 0);
	CHECK_OK(process_set_cap(CAP_A, CAP_DISCRIM, CAP_DISCRIM));
	CHECK_OK(process_make_start(CAP_A, badge, CAP_A));
	AWAIT(is_stalled_on(0, ""));
}

/* A number capability. */
static void number(u64 value, unsigned to)
{
	if (test.made[OK_NODE] == 0)
		node_new(SPAN_MIN, CAP_TMP);
	CHECK_OK(range_make(CAP_NODES, 0, CAP_TMP));
	CHECK_OK(node_set_number(CAP_TMP, 0, value));
	CHECK_OK(node_get(CAP_TMP, 0, to));
}

static void words_both_ways(void)
{
	server(0);
	for (int i = 0; i < MSG_WORDS; i++)
		reply.w[i] = ~0ul - (u64)i;
	struct words a = call4(CAP_A, 1, 1ul << 63, 3, ~0ul);
	CHECK_EQ(seen.w[0], 1);
	CHECK_EQ(seen.w[1], 1ul << 63);
	CHECK_EQ(seen.w[2], 3);
	CHECK_EQ(seen.w[3], ~0ul);
	CHECK_EQ(a.w0, ~0ul);
	CHECK_EQ(a.w1, ~0ul - 1);
	CHECK_EQ(a.w2, ~0ul - 2);
	CHECK_EQ(a.w3, ~0ul - 3);
}

static void badges(void)
{
	static const u16 some[] = { 0, 1, 0x7fff, 0x8000, 0xffff };
	server(0);
	CHECK_OK(range_make(CAP_PROCESSES, 0, CAP_B));
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++) {
		struct message m = { .badge = 77 };
		CHECK_OK(process_make_start(CAP_B, some[i], CAP_C));
		message_call(CAP_C, &m);
		CHECK_EQ(seen.badge, some[i]);
		CHECK_EQ(m.badge, 0);
	}
}

static void capabilities_both_ways(void)
{
	server(0);
	struct message m = { .send = { CAP_B, CAP_C, CAP_D, CAP_E },
			     .receive = { CAP_E, CAP_D, CAP_C, CAP_B } };
	for (unsigned i = 0; i < MSG_CAPS; i++) {
		number(100 + i, CAP_B + i);
		reply.send[i] = (u8)(CAP_A + i);
	}
	CHECK_OK(message_call(CAP_A, &m));
	for (unsigned i = 0; i < MSG_CAPS; i++) {
		u64 value = 0;
		CHECK_EQ(types[i], CT_NUMBER);
		CHECK_EQ(values[i], 100 + i);
		CHECK_OK(number_read(CAP_E - i, &value));
		CHECK_EQ(value, 100 + i);
	}
	CHECK_EQ(types[MSG_CAPS], CT_RESUME);
}

/* A register that is named but gets nothing becomes void, others stay. */
static void registers_that_receive_nothing(void)
{
	server(0);
	for (unsigned i = 0; i < MSG_CAPS; i++)
		number(i, CAP_B + i);
	struct message m = { .receive = { CAP_C, 0, CAP_D, 0 } };
	CHECK_OK(message_call(CAP_A, &m));
	CHECK_EQ(type_of(CAP_B), CT_NUMBER);
	CHECK_EQ(type_of(CAP_C), CT_VOID);
	CHECK_EQ(type_of(CAP_D), CT_VOID);
	CHECK_EQ(type_of(CAP_E), CT_NUMBER);
	for (unsigned i = 0; i < MSG_CAPS; i++)
		CHECK_EQ(types[i], CT_VOID);
}

static void one_capability_alone(void)
{
	server(0);
	for (unsigned i = 0; i < MSG_CAPS; i++) {
		struct message m = { 0 };
		number(50 + i, CAP_B);
		m.send[i] = CAP_B;
		reply.send[i] = (u8)(CAP_A + i);
		m.receive[i] = CAP_C;
		CHECK_OK(message_call(CAP_A, &m));
		for (unsigned k = 0; k < MSG_CAPS; k++)
			CHECK_EQ(types[k], k == i ? CT_NUMBER : CT_VOID);
		u64 value = 0;
		CHECK_OK(number_read(CAP_C, &value));
		CHECK_EQ(value, 50 + i);
		reply.send[i] = 0;
	}
}

/* Register 0 is void, sends void, and keeps nothing. */
static void register_zero(void)
{
	server(0);
	number(5, CAP_B);
	CHECK_EQ(call4(0, ORDER_TYPE, 0, 0, 0).w1, CT_VOID);
	CHECK_EQ(call4(0, 1, 2, 3, 4).w0, RC_VOID);
	CHECK_OK(process_set_cap(CAP_SELF, 0, CAP_B));
	CHECK_EQ(type_of(0), CT_VOID);
	struct message m = { .send = { 0, CAP_B, 0, 0 }, .receive = { 0, 0 } };
	reply.send[0] = CAP_B;
	CHECK_OK(message_call(CAP_A, &m));
	CHECK_EQ(types[0], CT_VOID);
	CHECK_EQ(types[1], CT_NUMBER);
	CHECK_EQ(type_of(0), CT_VOID);
}

static void send_goes_on(void)
{
	server(9);
	struct message m = { .w = { 11, 12, 13, 14 } };
	message_send(CAP_A, &m);
	AWAIT(load(&served) == 1);
	CHECK_EQ(seen.w[0], 11);
	CHECK_EQ(seen.w[3], 14);
	CHECK_EQ(seen.badge, 9);
	CHECK_EQ(types[MSG_CAPS], CT_VOID);
	message_send(0, &m);
	/* Only a resume capability is sent in the place of one. */
	m.resume_out = CAP_A;
	message_send(CAP_A, &m);
	AWAIT(load(&served) == 2);
	CHECK_EQ(types[MSG_CAPS], CT_VOID);
}

/* Invokes with whatever is in the registers, then goes round in a circle. */
extern char invoke_here[], invoke_done[];
static __attribute__((naked, used)) void invoke_site(void)
{
	asm volatile("invoke_here: ecall\n"
		     "invoke_done: j invoke_done");
}

static void spin(u64 w0, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		asm volatile("" ::"r"(w0), "r"(w1), "r"(w2), "r"(w3));
}

/* A helper invokes with every register set to something; what it has then. */
static struct proc_regs invoke_with(struct proc_regs regs, unsigned process)
{
	struct proc_regs after = { 0 };
	regs.pc = (u64)invoke_here;
	CHECK_OK(process_set_regs(process, &regs));
	for (u64 state = PST_WAITING;
	     state != PST_RUNNING || after.pc != (u64)invoke_done;) {
		pause();
		state = process_state(process);
		CHECK_OK(process_get_regs(process, &after));
	}
	return after;
}

static struct proc_regs patterns(u64 control)
{
	struct proc_regs regs = { 0 };
	for (unsigned i = 1; i < 32; i++)
		regs.x[i] = 0x0101010101010101ul * i;
	regs.x[15] = 0; /* a5 and t0: no string, no buffer */
	regs.x[5] = 0;
	regs.x[17] = control;
	return regs;
}

/* ra and t0 to t6 come back undefined, a0 to a7 as the answer says. */
static bool is_kept(unsigned x)
{
	return (x >= 2 && x <= 4) || x == 8 || x == 9 || (x >= 18 && x <= 27);
}

static void call_keeps_saved_registers(void)
{
	server(0);
	thread_start(spin, MAIN_PRIORITY - 1, CAP_B, 0, 0);
	CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_A));
	reply.w[0] = 21;
	reply.w[3] = 24;
	struct proc_regs wish =
		patterns(CTL_OP(OP_CALL) | CTL_TARGET(CAP_C));
	struct proc_regs after = invoke_with(wish, CAP_B);
	for (unsigned i = 0; i < 32; i++)
		if (is_kept(i))
			CHECK_EQ(after.x[i], wish.x[i]);
	CHECK_EQ(after.x[10], 21);
	CHECK_EQ(after.x[13], 24);
	CHECK_EQ(after.x[15], 0);
	CHECK_EQ(seen.w[1], wish.x[11]);
}

/* SEND leaves them alone but for a0. */
static void send_keeps_all_registers(void)
{
	server(0);
	thread_start(spin, MAIN_PRIORITY - 1, CAP_B, 0, 0);
	CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_A));
	for (unsigned target = 0; target <= CAP_C; target += CAP_C) {
		struct proc_regs wish =
			patterns(CTL_OP(OP_SEND) | CTL_TARGET(target));
		struct proc_regs after = invoke_with(wish, CAP_B);
		wish.x[10] = RC_OK;
		for (unsigned i = 0; i < 32; i++)
			CHECK_EQ(after.x[i], wish.x[i]);
	}
	AWAIT(load(&served) == 1);
	CHECK_EQ(seen.w[0], 0x0101010101010101ul * 10);
}

/* Calls whoever is in C with its number, and notes in which turn it was. */
static u64 turns[THREADS_MAX];

static void client(u64 me, u64 w1, u64 w2, u64 w3)
{
	turns[me] = call4(CAP_C, me, w1, w2, w3).w1;
}

#define CLIENTS 12
/* The worrier does not come sooner (sched/stall.h). */
#define PROMISE_KEPT (250 * TICKS_PER_MS)

/* Takes calls only when `open` is set; answers which turn it is. */
static u64 open;

static void slow_server(u64 w0, u64 w1, u64 w2, u64 w3)
{
	u64 turn = 0, badge;
	while (!load(&open))
		pause();
	struct words m = reply_wait4(CAP_VOID, (struct words){ w0, w1, w2, w3 },
				     CAP_E, &badge);
	for (;;) {
		m.w1 = ++turn;
		m = reply_wait4(CAP_E, m, CAP_E, &badge);
	}
}

static void first_come_first_served(void)
{
	store(&open, 0);
	thread_start(slow_server, MAIN_PRIORITY, CAP_A, 0, 0);
	CHECK_OK(process_set_cap(CAP_A, CAP_WAIT, CAP_WAIT));
	CHECK_OK(process_make_start(CAP_A, 0, CAP_A));
	for (u64 i = 1; i <= CLIENTS; i++) {
		/* The order of coming, not of priority, counts. */
		thread_new(client, MAIN_PRIORITY + (i & 3), CAP_B);
		CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_A));
		turns[i] = 0;
		thread_send(CAP_B, i, 0, 0, 0);
		AWAIT(is_stalled_on(i, "t0"));
	}
	CHECK_EQ(thread_look(0).callers, CLIENTS);
	u64 opened = time_now();
	store(&open, 1);
	for (u64 i = 1; i <= CLIENTS; i++) {
		AWAIT(load(&turns[i]) != 0);
		AT("client %lu", i);
		/* A woken client that gets no hart for so long has lost its
		   turn: the emulator may do that to a disturbed hart. */
		if (time_now() - opened < PROMISE_KEPT)
			CHECK_EQ(turns[i], i);
	}
}

/* What a stalled caller sends is what it has when its turn comes. */
static char late_text[8];

static void late_client(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 },
			     .text = late_text, .text_size = 4 };
	message_call(CAP_C, &m);
}

static void reader(u64 w0, u64 w1, u64 w2, u64 w3)
{
	static char text[8];
	while (!load(&open))
		pause();
	struct message m = { .w = { w0, w1, w2, w3 },
			     .buffer = text, .buffer_size = sizeof(text),
			     .resume = CAP_E };
	message_wait(&m);
	seen = m;
	add(&served, 1);
}

static void a_stalled_call_is_made_again(void)
{
	store(&open, 0);
	served = 0;
	memcpy(late_text, "old", 4);
	thread_start(reader, MAIN_PRIORITY, CAP_A, 0, 0);
	CHECK_OK(process_set_cap(CAP_A, CAP_WAIT, CAP_WAIT));
	CHECK_OK(process_make_start(CAP_A, 0, CAP_A));
	thread_new(late_client, MAIN_PRIORITY, CAP_B);
	CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_A));
	thread_send(CAP_B, 0, 0, 0, 0);
	AWAIT(is_stalled_on(1, "t0"));
	memcpy(late_text, "new", 4);
	store(&open, 1);
	AWAIT(load(&served));
	CHECK(strcmp(seen.buffer, "new") == 0);
	CHECK_EQ(seen.length, 4);
}

/* Who invokes itself is not available, and stalls on itself. */
static void self_invocation(void)
{
	thread_new(client, MAIN_PRIORITY, CAP_A);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_B));
	CHECK_OK(process_set_cap(CAP_A, CAP_C, CAP_B));
	thread_send(CAP_A, 0, 0, 0, 0);
	AWAIT(is_stalled_on(0, "t0"));
	CHECK_EQ(process_state(CAP_A), PST_RUNNING);
	CHECK_OK(process_stop(CAP_A, CAP_D));
	CHECK_EQ(process_state(CAP_A), PST_WAITING);
	CHECK_EQ(thread_look(0).callers, 0);
	call4(CAP_A, PROC_AVAILABLE, 0, 0, 0);
	CHECK_EQ(process_state(CAP_A), PST_AVAILABLE);
}

/* Hands every message on to B, with the caller's resume capability. */
static void forwarder(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	message_wait(&m);
	for (;;) {
		m.w[1] += 1000;
		m.resume_out = CAP_E;
		message_reply_wait(CAP_B, &m);
	}
}

static void a_call_is_handed_on(void)
{
	server(0);
	thread_start(forwarder, MAIN_PRIORITY + 1, CAP_B, 0, 0);
	CHECK_OK(process_set_cap(CAP_B, CAP_B, CAP_A));
	CHECK_OK(process_make_start(CAP_B, 0, CAP_B));
	reply.w[0] = 64;
	for (u64 i = 0; i < 4; i++) {
		reply.w[1] = i;
		struct words a = call4(CAP_B, 1, i, 3, 4);
		CHECK_EQ(a.w0, 64);
		CHECK_EQ(a.w1, i);
		CHECK_EQ(seen.w[1], 1000 + i);
		CHECK_EQ(types[MSG_CAPS], CT_RESUME);
	}
}

/* Two that answer each other by resume capabilities alone. */
static void coroutine(u64 count, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { 0, w1, w2, w3 }, .resume = CAP_E };
	message_wait(&m);
	for (u64 i = 0; i < count; i++) {
		m.w[1] += 1;
		m.resume = CAP_E;
		message_call(CAP_E, &m);
	}
	message_call(CAP_E, &m);
}

static void calls_by_resume_capability(void)
{
	struct message m = { .resume = CAP_B };
	thread_start(coroutine, MAIN_PRIORITY, CAP_A, 10, 0);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_A));
	message_call(CAP_A, &m);
	for (u64 i = 1; i < 10; i++) {
		CHECK_EQ(m.w[1], i);
		CHECK_EQ(type_of(CAP_B), CT_RESUME);
		message_call(CAP_B, &m);
	}
	CHECK_EQ(m.w[1], 10);
}

/* A caller whose resume capability was thrown away waits for good. */
static void careless(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 } };
	message_wait(&m);
	add(&served, 1);
}

static void a_resume_capability_thrown_away(void)
{
	served = 0;
	thread_start(careless, MAIN_PRIORITY, CAP_A, 0, 0);
	CHECK_OK(process_make_start(CAP_A, 0, CAP_A));
	thread_new(client, MAIN_PRIORITY, CAP_B);
	CHECK_OK(process_set_cap(CAP_B, CAP_C, CAP_A));
	thread_send(CAP_B, 0, 0, 0, 0);
	AWAIT(load(&served) == 1);
	CHECK_EQ(process_state(CAP_B), PST_WAITING);
	turns[0] = 0;
	CHECK_OK(process_resume(CAP_B, CAP_C));
	struct message m = { .w = { 1, 2 } };
	message_send(CAP_C, &m);
	AWAIT(load(&turns[0]) == 2);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "words go both ways", words_both_ways },
		{ "badges", badges },
		{ "capabilities go both ways", capabilities_both_ways },
		{ "registers that receive nothing",
		  registers_that_receive_nothing },
		{ "one capability alone", one_capability_alone },
		{ "register 0", register_zero },
		{ "SEND goes on", send_goes_on },
		{ "CALL keeps saved registers", call_keeps_saved_registers },
		{ "SEND keeps all registers", send_keeps_all_registers },
		{ "first come, first served", first_come_first_served },
		{ "a stalled call is made again",
		  a_stalled_call_is_made_again },
		{ "who invokes itself stalls", self_invocation },
		{ "a call is handed on", a_call_is_handed_on },
		{ "calls by resume capability", calls_by_resume_capability },
		{ "a resume capability thrown away",
		  a_resume_capability_thrown_away },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
