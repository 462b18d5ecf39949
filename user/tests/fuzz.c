/*
 * Hostile processes: random invocations, accesses and instructions, by
 * processes that hold a capability of nearly every type, also to each other,
 * to their own memory, and to ranges of their own.  What they do to each other
 * does not matter; the kernel must live, and answer everybody else.
 *
 * They never hold one to the test process, to the console log, to the machine's
 * switch, or to a schedule that would let them starve the test.
 */
#include <base/rand.h>

#include "probe.h"

#define HOSTILES 3
#define VICTIMS 3 /* processes that were never set up, for them to play with */
#define PAGES 12
#define NODES 8

/* In their space: the program, weakly, and memory of each one's own. */
#define STACK(i) (PLACE + 0x10000ul * (i))
#define SCRATCH(i) (STACK(i) + PAGE_SIZE)
#define EDGE(i) (SCRATCH(i) + 2 * PAGE_SIZE) /* behind it is nothing */

enum mode { INVOKE = 1, ACCESS = 2, EXECUTE = 4 };

/* Register 1: the arsenal, a node from which they fetch at random. */
#define CAP_ARSENAL 1

static u64 some_word(struct rand *r, u64 me)
{
	static const u64 words[] = {
		0, 1, 2, 3, 7, 8, 11, 12, 15, 16, 17, 20, 24, 28, 31, 63, 255,
		264, 4088, 4095, 4096, 4097, 0xffff, 0x10000, 1ul << 31,
		1ul << 32, 1ul << 38, 1ul << 63, ~0ul, ~1ul,
	};
	static const u64 places[] = {
		0, PROGRAM_START, PLACE - 8, SPACE_SIZE - 4, SPACE_SIZE,
		0x80200000, 0xffffffc080200000, 0xffffffc000000000,
		0x100000, 0x8000000000000000,
	};
	u64 draw = rand_next(r) >> 8;
	switch (draw % 8) {
	case 0:
		return SCRATCH(me) + (draw >> 8) % PAGE_SIZE;
	case 1:
		return EDGE(me) - (draw >> 8) % 16;
	case 2:
		return places[(draw >> 8) % ARRAY_SIZE(places)];
	case 3:
		return rand_next(r);
	default:
		return words[(draw >> 8) % ARRAY_SIZE(words)];
	}
}

/* Mostly one that means something. */
static u64 some_control(struct rand *r)
{
	static const u8 ops[] = { OP_CALL, OP_CALL, OP_CALL, OP_CALL, OP_CALL,
				  OP_SEND, OP_SEND, OP_SEND, OP_REPLY_WAIT,
				  OP_WAIT };
	u64 draw = rand_next(r) >> 8;
	if (draw % 16 == 0)
		return rand_next(r);
	u64 ctl = (rand_next(r) >> 16) & ~15ul;
	if (draw % 4 == 1)
		ctl &= 0xfff; /* few capabilities */
	return ctl | ops[(draw >> 4) % ARRAY_SIZE(ops)];
}

static void invoke_with(const u64 w[4], const u64 memory[4], u64 ctl)
{
	register u64 a0 asm("a0") = w[0];
	register u64 a1 asm("a1") = w[1];
	register u64 a2 asm("a2") = w[2];
	register u64 a3 asm("a3") = w[3];
	register u64 a4 asm("a4") = memory[0];
	register u64 a5 asm("a5") = memory[1];
	register u64 a6 asm("a6") = memory[2];
	register u64 t0 asm("t0") = memory[3];
	register u64 a7 asm("a7") = ctl;
	asm volatile("ecall"
		     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
		       "+r"(a5), "+r"(a6), "+r"(t0), "+r"(a7)
		     :
		     : "ra", "t1", "t2", "t3", "t4", "t5", "t6", "memory");
}

/* Puts something from the arsenal into some register. */
static void arm(struct rand *r)
{
	u64 draw = rand_next(r) >> 8;
	const u64 w[4] = { NODE_GET, draw % NODE_SLOTS, 0, 0 };
	const u64 none[4] = { 0 };
	invoke_with(w, none, CTL_OP(OP_CALL) | CTL_TARGET(CAP_ARSENAL) |
				     CTL_RECV(0, 2 + (draw >> 8) % 14));
}

/* An address to send from or receive at, and a length. */
static void some_memory(struct rand *r, u64 me, u64 memory[2])
{
	u64 draw = rand_next(r) >> 8;
	memory[0] = draw % 2 ? SCRATCH(me) : some_word(r, me);
	memory[1] = draw % 3 ? (draw >> 8) % 300 : some_word(r, me);
	if (draw % 4 == 0)
		memory[1] = 0;
	if (draw % 8 == 3)
		memory[1] = sizeof(struct proc_regs);
}

static void invoke_something(struct rand *r, u64 me)
{
	u64 w[4], memory[4];
	u64 draw = rand_next(r) >> 8;
	for (int i = 0; i < 4; i++)
		w[i] = some_word(r, me);
	if (draw % 8)
		w[0] = (draw >> 8) % 13;
	else if (draw % 16)
		w[0] = ORDER_TYPE;
	some_memory(r, me, memory);
	some_memory(r, me, memory + 2);
	invoke_with(w, memory, some_control(r));
}

static void access_something(struct rand *r, u64 me)
{
	u64 address = some_word(r, me), value = rand_next(r);
	switch (value >> 60) {
	case 0:
	case 1:
	case 2:
		asm volatile("lb t0, 0(%0)" ::"r"(address) : "t0", "memory");
		break;
	case 3:
	case 4:
		asm volatile("ld t0, 0(%0)" ::"r"(address) : "t0", "memory");
		break;
	case 5:
	case 6:
		asm volatile("sb %1, 0(%0)" ::"r"(address), "r"(value)
			     : "memory");
		break;
	case 7:
	case 8:
		asm volatile("sd %1, 0(%0)" ::"r"(address), "r"(value)
			     : "memory");
		break;
	case 9:
		asm volatile("lr.d t0, (%0)" ::"r"(address) : "t0", "memory");
		break;
	case 10:
		asm volatile("amoadd.d t0, %1, (%0)" ::"r"(address), "r"(value)
			     : "t0", "memory");
		break;
	default:
		asm volatile("jalr %0" ::"r"(address)
			     : "ra", "t0", "t1", "t2", "memory");
	}
}

/* Random words, and some that are system instructions, executed. */
static void execute_something(struct rand *r, u64 me)
{
	static const u32 some[] = {
		0x00000073, 0x00100073, 0x10500073, 0x10200073, 0x30200073,
		0x12000073, 0x0000100f, 0x0000000f, 0x18001073, 0x18002573,
		0x30001073, 0x10001073, 0xc0102573, 0x00000000, 0xffffffff,
		0x62000073, 0x22000073, 0x6000c073, 0x00002053, 0x02007053,
	};
	u32 *code = (u32 *)SCRATCH(me);
	for (unsigned i = 0; i < 16; i++) {
		u64 draw = rand_next(r);
		code[i] = draw % 4 ? (u32)(draw >> 32)
				   : some[(draw >> 8) % ARRAY_SIZE(some)];
	}
	asm volatile("fence.i\n\tjalr %0" ::"r"(code)
		     : "ra", "t0", "t1", "t2", "a0", "a1", "a2", "a3", "a4",
		       "a5", "a6", "a7", "memory");
}

/* Where each begins, and begins again after a fault; s1: a seed and more. */
static __attribute__((used)) noreturn void be_hostile(u64 seed)
{
	struct rand r;
	u64 me = seed % HOSTILES, mode = seed / HOSTILES % 8;
	rand_seed(&r, seed);
	for (;;) {
		u64 draw = rand_next(&r) >> 32;
		if (draw % 4 == 0)
			arm(&r);
		if (mode & INVOKE)
			invoke_something(&r, me);
		if ((mode & ACCESS) && draw % 3 == 0)
			access_something(&r, me);
		if ((mode & EXECUTE) && draw % 3 == 1)
			execute_something(&r, me);
	}
}

static __attribute__((naked, used)) void hostile_entry(void)
{
	asm volatile("mv a0, s1\n\tj be_hostile");
}

/* What the test keeps of them. */
static u64 mode_now, faults_seen;
static struct rand seeder;

static u64 next_seed(u64 me)
{
	u64 seed = rand_next(&seeder) >> 16;
	return (seed - seed % (8 * HOSTILES)) + mode_now * HOSTILES + me;
}

static struct proc_regs beginning(u64 me)
{
	struct proc_regs regs = { .pc = (u64)hostile_entry };
	regs.x[2] = STACK(me) + PAGE_SIZE;
	regs.x[9] = next_seed(me);
	return regs;
}

/*
 * Their keeper sends each back to its beginning, whatever it did; which one it
 * is, is the badge.  They can call it too, with anything.
 */
static void reset_the_faulty(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 },
			     .receive = { CAP_FAULTED }, .resume = CAP_E };
	message_wait(&m);
	for (;;) {
		struct proc_regs regs = beginning(m.badge % HOSTILES);
		u64 result = RC_STATE;
		if (cap_type_of(CAP_FAULTED, NULL) == CT_PROCESS)
			result = process_set_regs(CAP_FAULTED, &regs);
		add(&faults_seen, 1);
		message_answer(&m, result);
		message_reply_wait(CAP_E, &m);
	}
}

/* Objects by their offset: the first are theirs. */
enum { KEEPER = HOSTILES + VICTIMS, OWN_ROOT = NODES, OWN_LEAF };

static void split(unsigned range, u64 count, unsigned to)
{
	struct message m = { .w = { RANGE_SPLIT, 0, count },
			     .receive = { (u8)to } };
	CHECK_OK(message_call(range, &m));
}

static void weaken(unsigned node, unsigned to)
{
	struct message m = { .w = { NODE_WEAK }, .receive = { (u8)to } };
	CHECK_OK(message_call(node, &m));
}

/* Their space, in A: made anew, for they can destroy what is in it. */
static void make_space(void)
{
	CHECK_OK(range_make(CAP_NODES, OWN_ROOT, CAP_A));
	CHECK_OK(node_set_span(CAP_A, ROOT_SPAN));
	for (u64 slot = ROOT_SLOT(PROGRAM_START); slot < ROOT_SLOT(PLACE);
	     slot++) {
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_get(CAP_TMP, slot, CAP_TMP));
		if (cap_type_of(CAP_TMP, NULL) != CT_NODE)
			continue;
		weaken(CAP_TMP, CAP_TMP);
		CHECK_OK(node_set(CAP_A, slot, CAP_TMP));
	}
	for (u64 i = 0; i < HOSTILES; i++) {
		CHECK_OK(range_make(CAP_NODES, OWN_LEAF + i, CAP_B));
		CHECK_OK(node_set_span(CAP_B, LEAF_SPAN));
		for (u64 page = 0; page < 3; page++) {
			CHECK_OK(range_make(CAP_PAGES, 3 * i + page, CAP_TMP));
			CHECK_OK(node_set(CAP_B, page, CAP_TMP));
		}
		CHECK_OK(node_set(CAP_A, ROOT_SLOT(STACK(i)), CAP_B));
	}
}

/* What they draw from, in B. */
static void make_arsenal(void)
{
	node_new(SPAN_MIN, CAP_B);
	split(CAP_PAGES, PAGES, CAP_TMP);
	CHECK_OK(node_set(CAP_B, 0, CAP_TMP));
	split(CAP_NODES, NODES, CAP_TMP);
	CHECK_OK(node_set(CAP_B, 1, CAP_TMP));
	split(CAP_PROCESSES, HOSTILES + VICTIMS, CAP_TMP);
	CHECK_OK(node_set(CAP_B, 2, CAP_TMP));
	CHECK_OK(node_set(CAP_B, 3, CAP_A));
	CHECK_OK(node_set(CAP_B, 4, CAP_WAIT));
	CHECK_OK(node_set(CAP_B, 5, CAP_DISCRIM));
	CHECK_OK(schedule_make(MAIN_PRIORITY - 1, 0, CAP_TMP));
	CHECK_OK(node_set(CAP_B, 6, CAP_TMP));
	static const u8 from_kit[] = { KIT_DEVICE, KIT_IRQ, KIT_INSPECTOR,
				       KIT_CHECKPOINT, KIT_SEED };
	for (unsigned i = 0; i < ARRAY_SIZE(from_kit); i++) {
		CHECK_OK(kit(from_kit[i], CAP_TMP));
		CHECK_OK(node_set(CAP_B, 7 + i, CAP_TMP));
	}
	for (u64 i = 0; i < 2; i++) {
		CHECK_OK(range_make(CAP_PROCESSES, i, CAP_TMP));
		CHECK_OK(node_set(CAP_B, 12 + i, CAP_TMP));
		CHECK_OK(process_make_start(CAP_TMP, (u16)i, CAP_TMP));
		CHECK_OK(node_set(CAP_B, 14 + i, CAP_TMP));
	}
}

/* Sets one going, in whatever state it is; B the arsenal, C the keeper. */
static void set_going(u64 me)
{
	struct proc_regs regs = beginning(me);
	CHECK_OK(range_make(CAP_PROCESSES, me, CAP_D));
	CHECK_OK(process_stop(CAP_D, CAP_E));
	CHECK_OK(process_set_regs(CAP_D, &regs));
	CHECK_OK(process_set_slot(CAP_D, PS_SPACE, CAP_A));
	CHECK_OK(process_make_start(CAP_C, (u16)me, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_D, PS_KEEPER, CAP_TMP));
	CHECK_OK(schedule_make(MAIN_PRIORITY - 1 - me % 2, 0, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_D, PS_SCHEDULE, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_D, PS_METER, 0));
	struct message m = { .w = { NODE_READONLY }, .receive = { CAP_TMP } };
	CHECK_OK(message_call(CAP_B, &m));
	CHECK_OK(process_set_cap(CAP_D, CAP_ARSENAL, CAP_TMP));
	message_send(CAP_E, &(struct message){ .w = { RC_OK } });
}

static struct inspect_machine machine(void)
{
	struct inspect_machine m;
	u64 index = 0;
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	CHECK_OK(inspect(CAP_TMP, INSPECT_MACHINE, &index, 0, &m, sizeof(m)));
	return m;
}

/* Whether everybody else is still served. */
static void all_is_well(u64 round)
{
	CHECK_OK(range_make(CAP_PAGES, PAGES, CAP_E));
	page_set_word(CAP_E, 8, round);
	CHECK_EQ(page_word(CAP_E, 8), round);
	CHECK_EQ(process_state(CAP_SELF), PST_RUNNING);
	CHECK_EQ(cap_type_of(CAP_SCHEDULE, NULL), CT_SCHEDULE);
	time_wait_until(time_now() + 10 * moment());
}

/* Lets them loose until the kernel has been entered often enough. */
static void let_loose(u64 mode, u64 entries)
{
	mode_now = mode;
	for (unsigned i = 0; i < KEEPER; i++)
		object_new(OK_PROCESS, CAP_TMP);
	for (unsigned i = 0; i <= PAGES; i++)
		object_new(OK_PAGE, CAP_TMP);
	for (unsigned i = 0; i < OWN_LEAF + HOSTILES; i++)
		object_new(OK_NODE, CAP_TMP);
	thread_start(reset_the_faulty, MAIN_PRIORITY + 2, CAP_C, 0, 0);
	CHECK_OK(process_set_cap(CAP_C, CAP_DISCRIM, CAP_DISCRIM));
	make_space();
	make_arsenal();
	u64 end = machine().transactions + entries;
	for (u64 round = 0; machine().transactions < end; round++) {
		set_going(round % HOSTILES);
		all_is_well(round);
		if (round % 8 == 7)
			make_space();
	}
	CHECK(load(&faults_seen) > 0);
}

/* In the debug kernel each entry takes long. */
static u64 entries(void)
{
	return machine().debug ? 1500 : 8000;
}

static void random_invocations(void)
{
	let_loose(INVOKE, entries());
}

static void random_accesses(void)
{
	let_loose(ACCESS, entries());
}

static void random_instructions(void)
{
	let_loose(EXECUTE, entries());
}

static void all_at_once(void)
{
	let_loose(INVOKE | ACCESS | EXECUTE, entries());
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "random invocations", random_invocations },
		{ "random accesses", random_accesses },
		{ "random instructions", random_instructions },
		{ "all at once", all_at_once },
	};
	u64 seed = 1;
	kit(KIT_SEED, CAP_A);
	number_read(CAP_A, &seed);
	rand_seed(&seeder, seed);
	test_all(cases, ARRAY_SIZE(cases));
}
