/*
 * Priorities, quanta and timed waits.  What is said about order holds for one
 * hart; with more of them such a case only sees that all get done.
 */
#include "thread.h"

#define HELPERS 6
#define LOW (MAIN_PRIORITY - 4)

static u64 turn, turns[THREADS_MAX], counts[THREADS_MAX], stop;

static void reset(void)
{
	store(&turn, 0);
	store(&stop, 0);
	for (unsigned i = 0; i < THREADS_MAX; i++) {
		store(&turns[i], 0);
		store(&counts[i], 0);
	}
}

/* Notes in which turn it came to run. */
static void note(u64 me, u64 w1, u64 w2, u64 w3)
{
	store(&turns[me], add(&turn, 1) + 1 + 0 * (w1 + w2 + w3));
}

/* Counts until it is told to stop. */
static void count(u64 me, u64 w1, u64 w2, u64 w3)
{
	while (!load(&stop))
		add(&counts[me], 1 + 0 * (w1 + w2 + w3));
	add(&turn, 1);
}

/* On one hart none of them runs before the test itself waits. */
static void highest_priority_first(void)
{
	static const u8 order[HELPERS] = { 2, 0, 5, 1, 4, 3 };
	bool alone = hart_total() == 1;
	reset();
	for (u64 i = 0; i < HELPERS; i++)
		thread_start(note, LOW - 1 + order[i] % 4 - order[i] / 4,
			     CAP_A, i, 0);
	CHECK(!alone || load(&turn) == 0);
	AWAIT(load(&turn) == HELPERS);
	for (u64 i = 0; i < HELPERS && alone; i++)
		for (u64 j = 0; j < HELPERS; j++) {
			struct inspect_process a = thread_look(i);
			struct inspect_process b = thread_look(j);
			AT("helpers %lu and %lu", i, j);
			CHECK(a.priority <= b.priority || turns[i] < turns[j]);
		}
}

/* Of one priority: in the order in which they became ready. */
static void equal_priority_in_order(void)
{
	bool alone = hart_total() == 1;
	reset();
	for (u64 i = 0; i < HELPERS; i++)
		thread_start(note, LOW, CAP_A, i, 0);
	AWAIT(load(&turn) == HELPERS);
	for (u64 i = 0; i < HELPERS && alone; i++)
		CHECK_EQ(turns[i], i + 1);
}

/* SEND to a process of higher priority: it runs before the sender goes on. */
static void higher_priority_preempts(void)
{
	bool alone = hart_total() == 1;
	reset();
	for (u64 i = 0; i < HELPERS; i++) {
		thread_start(note, MAIN_PRIORITY + 1, CAP_A, i, 0);
		CHECK(!alone || load(&turns[i]) == i + 1);
	}
	for (u64 i = 0; i < HELPERS; i++)
		AWAIT(load(&turns[i]));
}

static void equal_priority_does_not_preempt(void)
{
	bool alone = hart_total() == 1;
	reset();
	thread_start(note, MAIN_PRIORITY, CAP_A, 0, 0);
	CHECK(!alone || load(&turn) == 0);
	AWAIT(load(&turns[0]) == 1);
}

/* While one of higher priority counts, one of lower does not. */
static void lower_priority_waits(void)
{
	bool alone = hart_total() == 1;
	reset();
	thread_start(count, LOW, CAP_A, 0, 0);
	thread_start(count, LOW + 1, CAP_B, 1, 0);
	AWAIT(load(&counts[1]) > 0);
	u64 before = load(&counts[0]);
	for (unsigned i = 0; i < 10; i++)
		pause();
	CHECK(!alone || load(&counts[0]) == before);
	CHECK_OK(process_stop(CAP_B, CAP_C));
	AWAIT(load(&counts[0]) > before);
	store(&stop, 1);
	AWAIT(load(&turn) == 1);
}

/* Equals share a hart, quantum by quantum; none is left out. */
static void equals_take_turns(void)
{
	reset();
	for (u64 i = 0; i < 2 * HELPERS; i++)
		thread_start(count, LOW, CAP_A, i, 0);
	for (u64 i = 0; i < 2 * HELPERS; i++)
		AWAIT(load(&counts[i]) > 0);
	u64 before = load(&counts[0]);
	AWAIT(load(&counts[0]) > before);
	store(&stop, 1);
	AWAIT(load(&turn) == 2 * HELPERS);
}

/* A longer quantum is a longer turn: about as much more gets done. */
static void quanta_are_kept(void)
{
	static const u64 quanta[] = { 5 * TICKS_PER_MS, 20 * TICKS_PER_MS };
	bool alone = hart_total() == 1;
	reset();
	for (u64 i = 0; i < 2; i++) {
		thread_new(count, LOW, CAP_A + (unsigned)i);
		CHECK_OK(schedule_make(LOW, quanta[i], CAP_TMP));
		CHECK_OK(process_set_slot(CAP_A + (unsigned)i, PS_SCHEDULE,
					  CAP_TMP));
	}
	for (u64 i = 0; i < 2; i++)
		thread_send(CAP_A + (unsigned)i, i, 0, 0, 0);
	if (alone)
		time_wait_until(time_now() + 20 * (quanta[0] + quanta[1]));
	AWAIT(load(&counts[0]) && load(&counts[1]));
	u64 few = load(&counts[0]), many = load(&counts[1]);
	CHECK(!alone || (many > 3 * few && many < 5 * few));
	store(&stop, 1);
	AWAIT(load(&turn) == 2);
}

/* However short a quantum is, who has it gets on. */
static void tiny_quanta(void)
{
	static const u64 quanta[] = { 1, 2, 10, 100, 1000, 10000 };
	reset();
	for (u64 i = 0; i < ARRAY_SIZE(quanta); i++) {
		thread_new(count, LOW, CAP_A);
		CHECK_OK(schedule_make(LOW, quanta[i], CAP_TMP));
		CHECK_OK(process_set_slot(CAP_A, PS_SCHEDULE, CAP_TMP));
		thread_send(CAP_A, i, 0, 0, 0);
	}
	for (u64 i = 0; i < ARRAY_SIZE(quanta); i++) {
		AT("quantum %lu", quanta[i]);
		AWAIT(load(&counts[i]) > 0);
	}
	store(&stop, 1);
	AWAIT(load(&turn) == ARRAY_SIZE(quanta));
}

static void set_priority(unsigned process, u64 priority)
{
	CHECK_OK(schedule_make(priority, 0, CAP_TMP));
	CHECK_OK(process_set_slot(process, PS_SCHEDULE, CAP_TMP));
}

/* A ready process is raised above another, or lowered below it. */
static void a_ready_process_is_moved(void)
{
	bool alone = hart_total() == 1;
	reset();
	thread_start(note, LOW, CAP_A, 0, 0);
	thread_start(note, LOW + 1, CAP_B, 1, 0);
	thread_start(note, LOW + 2, CAP_C, 2, 0);
	set_priority(CAP_A, LOW + 3);
	set_priority(CAP_C, LOW - 1);
	AWAIT(load(&turn) == 3);
	CHECK(!alone || (turns[0] == 1 && turns[1] == 2 && turns[2] == 3));
	CHECK_EQ(thread_look(0).priority, LOW + 3);
}

/* One that is raised above the test itself runs at once. */
static void raised_above_the_running(void)
{
	bool alone = hart_total() == 1;
	reset();
	thread_start(note, LOW, CAP_A, 0, 0);
	set_priority(CAP_A, MAIN_PRIORITY + 1);
	CHECK(!alone || load(&turns[0]) == 1);
	AWAIT(load(&turns[0]) == 1);
}

/* The test lowers itself below a ready one, which runs at once. */
static void the_running_lowers_itself(void)
{
	bool alone = hart_total() == 1;
	reset();
	thread_start(note, LOW, CAP_A, 0, 0);
	set_priority(CAP_SELF, LOW - 1);
	bool ran = load(&turns[0]);
	set_priority(CAP_SELF, MAIN_PRIORITY);
	CHECK(!alone || ran);
	AWAIT(load(&turns[0]) == 1);
}

/* One that counts on another hart, or waits its turn here, is lowered. */
static void a_running_process_is_moved(void)
{
	reset();
	thread_start(count, LOW, CAP_A, 0, 0);
	AWAIT(load(&counts[0]) > 0);
	for (u64 i = 0; i < 8; i++) {
		u64 before = load(&counts[0]);
		set_priority(CAP_A, i % 4);
		CHECK_EQ(thread_look(0).priority, i % 4);
		AWAIT(load(&counts[0]) > before);
	}
	store(&stop, 1);
	AWAIT(load(&turn) == 1);
}

/* All harts are used: helpers that wait for each other, busily. */
static void meet(u64 all, u64 w1, u64 w2, u64 w3)
{
	add(&counts[0], 1 + 0 * (w1 + w2 + w3));
	while (load(&counts[0]) < all)
		;
	add(&turn, 1);
}

static void all_meet(void)
{
	reset();
	for (u64 i = 0; i < HELPERS; i++)
		thread_start(meet, LOW, CAP_A, HELPERS, 0);
	AWAIT(load(&turn) == HELPERS);
}

/* Timed waits: nobody wakes early, and who is due first wakes first. */
#define SLEEPERS 20

static void sleep_until(u64 me, u64 when, u64 w2, u64 w3)
{
	call4(CAP_WAIT, WAIT_UNTIL, when, w2, w3);
	HELPER_CHECK(time_now() >= when);
	store(&turns[me], add(&turn, 1) + 1);
}

/* Which of the kit's wait queues, or the test's own. */
static void wait_capability(u64 i, unsigned to)
{
	if (i == 0)
		CHECK_OK(process_set_cap(CAP_SELF, to, CAP_WAIT));
	else
		CHECK_OK(kit((enum kit)(KIT_WAIT + i - 1), to));
}

static void sleepers(u64 queues)
{
	bool alone = hart_total() == 1;
	u64 step = alone ? 2 * moment() : moment() / 8;
	u64 begin = time_now() + 60 * step;
	reset();
	for (u64 i = 0; i < SLEEPERS; i++) {
		u64 place = i * 7 % SLEEPERS; /* they come in another order */
		thread_new(sleep_until, MAIN_PRIORITY + 1, CAP_A);
		wait_capability(i % queues, CAP_B);
		CHECK_OK(process_set_cap(CAP_A, CAP_WAIT, CAP_B));
		thread_send(CAP_A, place, begin + place * step, 0, 0);
	}
	CHECK(!alone || time_now() < begin);
	AWAIT(load(&turn) == SLEEPERS);
	for (u64 i = 0; i < SLEEPERS && alone; i++)
		CHECK_EQ(turns[i], i + 1);
}

static void timed_waits_in_order(void)
{
	sleepers(1);
}

static void timed_waits_on_many_queues(void)
{
	sleepers(4);
}

/* More than are woken in one go are due at once. */
static void all_due_at_once(void)
{
	u64 when = time_now() + (hart_total() == 1 ? 100 : 10) * moment();
	reset();
	for (u64 i = 0; i < SLEEPERS; i++) {
		thread_new(sleep_until, MAIN_PRIORITY - 1, CAP_A);
		CHECK_OK(process_set_cap(CAP_A, CAP_WAIT, CAP_WAIT));
		thread_send(CAP_A, i, when, 0, 0);
	}
	AWAIT(load(&turn) == SLEEPERS);
}

/* Those who leave the queue before their time leave the others there. */
static void a_sleeper_is_taken_away(void)
{
	/* None may wake before all is set up. */
	u64 when = time_now() + (hart_total() == 1 ? 30 : 200) * moment();
	reset();
	for (u64 i = 0; i < 5; i++) {
		thread_new(sleep_until, MAIN_PRIORITY + 1, CAP_A);
		CHECK_OK(process_set_cap(CAP_A, CAP_WAIT, CAP_WAIT));
		thread_send(CAP_A, i, when + i * moment(), 0, 0);
	}
	CHECK_OK(object_destroy(OK_PROCESS, 0));
	CHECK_OK(range_make(CAP_PROCESSES, 2, CAP_A));
	CHECK_OK(process_stop(CAP_A, CAP_B));
	AWAIT(load(&turn) == 3);
	CHECK_EQ(load(&turns[0]), 0);
	CHECK_EQ(load(&turns[2]), 0);
	/* Resumed, it asks again, and its time has come. */
	message_send(CAP_B, &(struct message){ .w = { RC_OK } });
	AWAIT(load(&turns[2]) == 4);
}

static void for_ever(void)
{
	reset();
	thread_new(sleep_until, MAIN_PRIORITY + 1, CAP_A);
	CHECK_OK(process_set_cap(CAP_A, CAP_WAIT, CAP_WAIT));
	thread_send(CAP_A, 0, ~0ul, 0, 0);
	AWAIT(is_stalled_on(0, "wait 0"));
	pause();
	CHECK(is_stalled_on(0, "wait 0"));
	CHECK_EQ(load(&turn), 0);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "highest priority first", highest_priority_first },
		{ "equal priority in order", equal_priority_in_order },
		{ "higher priority preempts", higher_priority_preempts },
		{ "equal priority does not preempt",
		  equal_priority_does_not_preempt },
		{ "lower priority waits", lower_priority_waits },
		{ "equals take turns", equals_take_turns },
		{ "quanta are kept", quanta_are_kept },
		{ "tiny quanta", tiny_quanta },
		{ "a ready process is moved", a_ready_process_is_moved },
		{ "raised above the running", raised_above_the_running },
		{ "the running lowers itself", the_running_lowers_itself },
		{ "a running process is moved", a_running_process_is_moved },
		{ "all meet", all_meet },
		{ "timed waits in order", timed_waits_in_order },
		{ "timed waits on many queues", timed_waits_on_many_queues },
		{ "all due at once", all_due_at_once },
		{ "a sleeper is taken away", a_sleeper_is_taken_away },
		{ "for ever", for_ever },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
