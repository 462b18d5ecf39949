/*
 * Who waits goes on waiting: clients of a busy server, timed waits, waits for
 * an interrupt, for a checkpoint, for an answer, across a restart.
 *
 * Each case brings somebody into the state, takes a checkpoint, and cuts the
 * power.  The grader starts the machine again from the same disk; the case
 * goes on behind its checkpoint, finds another epoch, and looks.  So there is
 * one start more than there are cases.
 */
#include <checkpoint.h>

#include "memory.h"

#define CAP_CKPT CAP_D
#define CLIENTS 8
#define FOR_EVER (1000000 * TICKS_PER_S)

static struct ckpt_status status(void)
{
	struct ckpt_status s;
	CHECK_OK(kit(KIT_CHECKPOINT, CAP_CKPT));
	CHECK_OK(ckpt_status(CAP_CKPT, &s));
	return s;
}

/* What a helper is stalled on, "" if on nothing; after a restart it is in
   memory only once it has run: until then, NULL. */
static const char *stall_of(u64 thread)
{
	static struct inspect_process p;
	char name[8];
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	fmt_snprintf(name, sizeof(name), "t%lu", thread);
	for (u64 i = 0;; i++) {
		u64 index = i;
		if (inspect(CAP_TMP, INSPECT_PROCESS, &index, 0, &p,
			    sizeof(p)) != RC_OK)
			return NULL;
		if (strcmp(p.name, name) == 0)
			return p.stalled_on;
	}
}

/* Whether a helper hangs on this queue or process. */
static bool hangs_on(u64 thread, const char *name)
{
	const char *on = stall_of(thread);
	return on && strcmp(on, name) == 0;
}

/* Returns after the restart. */
static void restart(void)
{
	u64 newest;
	u32 epoch = status().epoch;
	CHECK_OK(ckpt_interval(CAP_CKPT, 0));
	CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	if (status().epoch != epoch) {
		printf("# restarted: epoch %u, generation %lu\n",
		       status().epoch, newest);
		return;
	}
	printf("# the power is cut, at generation %lu\n", newest);
	ckpt_crash(CAP_CKPT, CRASH_NOW, 0);
	CHECK(!"the power to be off");
}

static u64 busy, served, answered, reached, noted[4];

/* Answers each message with how many came; busy at first. */
static void server(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .resume = CAP_E };
	(void)w0, (void)w1, (void)w2, (void)w3;
	while (load(&busy))
		time_wait_until(time_now() + TICKS_PER_MS);
	message_wait(&m);
	for (;;) {
		message_answer(&m, add(&served, 1));
		message_reply_wait(CAP_E, &m);
	}
}

static void client(u64 number, u64 w1, u64 w2, u64 w3)
{
	(void)w1, (void)w2, (void)w3;
	u64 turn = call4(CAP_A, 0, 0, 0, 0).w0;
	HELPER_CHECK(turn < CLIENTS);
	add(&answered, 1ul << (8 * turn % 64));
	add(&reached, 1ul << number);
	thread_rest();
}

/* A helper with a capability of the test's in one of its registers. */
static u64 helper(void (*function)(u64, u64, u64, u64), unsigned reg,
		  unsigned cap, unsigned to)
{
	u64 thread = thread_new(function, MAIN_PRIORITY + 1, to);
	CHECK_OK(process_set_cap(to, reg, cap));
	return thread;
}

/* All are served, each once; their order is not kept. */
static void clients_of_a_busy_server(void)
{
	busy = 1;
	served = answered = reached = 0;
	CHECK_OK(kit(KIT_WAIT, CAP_B));
	helper(server, CAP_WAIT, CAP_B, CAP_C);
	thread_send(CAP_C, 0, 0, 0, 0);
	CHECK_OK(process_make_start(CAP_C, 0, CAP_C));
	for (u64 i = 0; i < CLIENTS; i++) {
		helper(client, CAP_A, CAP_C, CAP_B);
		thread_send(CAP_B, i, 0, 0, 0);
		AWAIT(hangs_on(1 + i, "t0"));
	}
	restart();
	for (u64 i = 0; i < CLIENTS; i++)
		AWAIT(hangs_on(1 + i, "t0"));
	CHECK_EQ(load(&served), 0);
	store(&busy, 0);
	AWAIT(load(&reached) == (1ul << CLIENTS) - 1);
	CHECK_EQ(load(&served), CLIENTS);
	CHECK_EQ(load(&answered), 0x0101010101010101ul);
}

static void sleeper(u64 when, u64 place, u64 w2, u64 w3)
{
	(void)w2, (void)w3;
	HELPER_CHECK(time_wait_until(when) == RC_OK);
	store(&noted[place], time_now());
	thread_rest();
}

/* One falls due before the restart or during it, one never. */
static void timed_waits(void)
{
	u64 due = time_now() + 20 * TICKS_PER_MS, second;
	noted[0] = noted[1] = 0;
	CHECK_OK(kit(KIT_WAIT, CAP_B));
	helper(sleeper, CAP_WAIT, CAP_B, CAP_A);
	second = helper(sleeper, CAP_WAIT, CAP_B, CAP_C);
	thread_send(CAP_A, due, 0, 0, 0);
	thread_send(CAP_C, due + FOR_EVER, 1, 0, 0);
	AWAIT(hangs_on(second, "wait 1"));
	restart();
	CHECK(time_now() >= due - 20 * TICKS_PER_MS);
	AWAIT(load(&noted[0]));
	CHECK(noted[0] >= due);
	AWAIT(hangs_on(second, "wait 1"));
	CHECK_EQ(load(&noted[1]), 0);
}

/* Waits for the line three times; notes what each wait said, and that it
   ended. */
static void driver(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	for (unsigned i = 0; i < 3; i++) {
		bool restarted = false;
		HELPER_CHECK(irq_wait(CAP_A, &restarted) == RC_OK);
		store(&noted[i], 1 + restarted);
	}
	thread_rest();
}

/* It ends once, with the news; the next wait is one for the interrupt. */
static void a_wait_for_an_interrupt(void)
{
	for (unsigned i = 0; i < 3; i++)
		noted[i] = 0;
	CHECK_OK(kit(KIT_IRQ, CAP_B));
	u64 thread = helper(driver, CAP_A, CAP_B, CAP_C);
	thread_send(CAP_C, 0, 0, 0, 0);
	/* The kit's capability may be some restarts old: that is told first. */
	AWAIT(hangs_on(thread, "irq 11"));
	unsigned next = noted[0] != 0;
	CHECK_EQ(load(&noted[next]), 0);
	restart();
	AWAIT(load(&noted[next]));
	CHECK_EQ(noted[next], 2);
	AWAIT(hangs_on(thread, "irq 11"));
	CHECK_EQ(load(&noted[next + 1]), 0);
}

static void waiter(u64 generation, u64 w1, u64 w2, u64 w3)
{
	u64 newest = 0;
	(void)w1, (void)w2, (void)w3;
	HELPER_CHECK(ckpt_await(CAP_A, generation, &newest) == RC_OK);
	store(&noted[0], newest);
	thread_rest();
}

/* It waits for one after that which the machine goes on from. */
static void a_wait_for_a_checkpoint(void)
{
	u64 newest, wanted = status().generation + 2;
	noted[0] = 0;
	u64 thread = helper(waiter, CAP_A, CAP_CKPT, CAP_B);
	thread_send(CAP_B, wanted, 0, 0, 0);
	AWAIT(hangs_on(thread, "checkpoint"));
	restart();
	AWAIT(load(&noted[0]) || hangs_on(thread, "checkpoint"));
	if (status().generation < wanted)
		CHECK_EQ(load(&noted[0]), 0);
	while (status().generation < wanted)
		CHECK_OK(ckpt_take(CAP_CKPT, &newest));
	AWAIT(load(&noted[0]));
	CHECK(noted[0] >= wanted);
}

static void caller(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	store(&noted[0], call4(CAP_A, 41, 0, 0, 0).w0);
	thread_rest();
}

/* The resume capability is in the hands of whoever is to answer: it is good
   after the restart, once. */
static void a_caller_waits_for_its_answer(void)
{
	struct message m = { .resume = CAP_E };
	noted[0] = 0;
	CHECK_OK(process_make_start(CAP_SELF, 0, CAP_B));
	helper(caller, CAP_A, CAP_B, CAP_C);
	thread_send(CAP_C, 0, 0, 0, 0);
	message_wait(&m);
	CHECK_EQ(m.w[0], 41);
	CHECK_EQ(process_state(CAP_C), PST_WAITING);
	CHECK_OK(process_set_cap(CAP_SELF, CAP_B, CAP_E));
	restart();
	CHECK_EQ(cap_type_of(CAP_B, NULL), CT_RESUME);
	CHECK_EQ(load(&noted[0]), 0);
	message_send(CAP_B, &(struct message){ .w = { 42 } });
	AWAIT(load(&noted[0]) == 42);
	CHECK_EQ(cap_type_of(CAP_B, NULL), CT_VOID);
}

static void counting(u64 w0, u64 w1, u64 w2, u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	for (u64 count = 0;; count++) {
		HELPER_CHECK(load(&noted[0]) == count);
		store(&noted[0], count + 1);
	}
}

/* In registers and in memory, in the same step. */
static void who_runs_goes_on(void)
{
	noted[0] = 0;
	thread_start(counting, MAIN_PRIORITY - 1, CAP_A, 0, 0);
	AWAIT(load(&noted[0]) > 100);
	restart();
	u64 before = load(&noted[0]);
	AWAIT(load(&noted[0]) > before + 100);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "clients of a busy server", clients_of_a_busy_server },
		{ "timed waits", timed_waits },
		{ "a wait for an interrupt", a_wait_for_an_interrupt },
		{ "a wait for a checkpoint", a_wait_for_a_checkpoint },
		{ "a caller waits for its answer",
		  a_caller_waits_for_its_answer },
		{ "who runs goes on", who_runs_goes_on },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
