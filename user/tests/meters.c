/* Meters: a budget of time, who is told when it is used up, and refilling. */
#include "probe.h"

#define METERED (MAIN_PRIORITY - 1)
#define BUDGET (20 * TICKS_PER_MS)

/* Of each metered helper: how far it came. */
static u64 rounds[THREADS_MAX];

static void run(u64 me, u64 w1, u64 w2, u64 w3)
{
	for (;;)
		add(&rounds[me], 1 + 0 * (w1 + w2 + w3));
}

static void budget(u64 ticks)
{
	CHECK_OK(node_set_number(CAP_A, METER_TICKS, ticks));
}

static u64 ticks_left(void)
{
	struct words a = call4(CAP_B, METER_READ, 0, 0, 0);
	CHECK_EQ(a.w0, RC_OK);
	return a.w1;
}

/*
 * A meter, its node in A, the meter in B; helper 0, in D, is its keeper and
 * does what `repair` says.
 */
static void meter(u64 ticks, u64 (*repair)(void))
{
	probe_repair = repair;
	probe_faults = 0;
	node_new(SPAN_MIN, CAP_A);
	CHECK_OK(node_meter(CAP_A, CAP_B));
	thread_start(keeper, MAIN_PRIORITY + 2, CAP_D, 0, 0);
	CHECK_OK(process_set_cap(CAP_D, CAP_A, CAP_A));
	CHECK_OK(process_make_start(CAP_D, 9, CAP_TMP));
	CHECK_OK(node_set(CAP_A, METER_KEEPER, CAP_TMP));
	budget(ticks);
}

/* A helper on that meter, started; left in C. */
static u64 metered(unsigned priority)
{
	u64 me = thread_new(run, priority, CAP_C);
	store(&rounds[me], 0);
	CHECK_OK(process_set_slot(CAP_C, PS_METER, CAP_B));
	thread_send(CAP_C, me, 0, 0, 0);
	return me;
}

/*
 * Ticks are real time: where chaos harts disturb, the emulator may keep a hart
 * from running for longer than a meter lasts.
 */
static bool alone(void)
{
	return hart_total() == 1;
}

static void time_is_taken(void)
{
	meter(1000 * TICKS_PER_S, probe_refuse);
	u64 me = metered(METERED), last = ticks_left(), used = 0;
	CHECK(last <= 1000 * TICKS_PER_S);
	for (unsigned i = 0; i < 5; i++) {
		AWAIT(ticks_left() < last);
		used += last - ticks_left();
		last = ticks_left();
	}
	CHECK_OK(process_stop(CAP_C, CAP_E));
	CHECK(load(&rounds[me]) > 0);
	CHECK(thread_look(me).ticks >= used);
	CHECK_EQ(probe_faults, 0);
}

/* Its own keeper hears nothing, the meter's does. */
static void an_empty_meter(void)
{
	meter(BUDGET, probe_refuse);
	u64 me = metered(METERED);
	AWAIT(load(&probe_faults) == 1);
	CHECK_EQ(probe_noted.fault, FAULT_METER);
	CHECK_EQ(probe_noted.badge, 9);
	AWAIT(is_stalled_on(me, "junk"));
	CHECK_EQ(thread_look(me).fault, FAULT_METER);
	CHECK_EQ(ticks_left(), 0);
	CHECK(thread_look(me).ticks >= BUDGET);
	u64 before = load(&rounds[me]);
	CHECK(!alone() || before > 0);
	pause();
	CHECK_EQ(load(&rounds[me]), before);
}

static void empty_from_the_start(void)
{
	meter(0, probe_refuse);
	u64 me = metered(METERED);
	AWAIT(load(&probe_faults) == 1);
	AWAIT(is_stalled_on(me, "junk"));
	CHECK_EQ(load(&rounds[me]), 0);
}

/* The keeper refills it three times. */
static u64 refill(void)
{
	if (load(&probe_faults) > 3)
		return RC_LIMIT;
	return node_set_number(CAP_A, METER_TICKS, BUDGET);
}

static void the_keeper_refills(void)
{
	meter(BUDGET, refill);
	u64 me = metered(METERED);
	AWAIT(load(&probe_faults) == 4);
	AWAIT(is_stalled_on(me, "junk"));
	CHECK(thread_look(me).ticks >= 4 * BUDGET);
}

static void the_holder_refills(void)
{
	meter(BUDGET, probe_refuse);
	u64 me = metered(METERED);
	for (unsigned i = 0; i < 8; i++) {
		u64 before = load(&rounds[me]);
		budget(1000 * TICKS_PER_S);
		AWAIT(load(&rounds[me]) > before);
	}
	CHECK_EQ(probe_faults, 0);
	budget(0);
	AWAIT(load(&probe_faults) == 1);
}

static void meters_without_a_keeper(void)
{
	static const u8 wrong[] = { 0, CAP_SELF, CAP_SCHEDULE, CAP_KIT };
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		AT("register %u", wrong[i]);
		meter(0, probe_refuse);
		CHECK_OK(node_set(CAP_A, METER_KEEPER, wrong[i]));
		u64 me = metered(METERED);
		AWAIT(is_stalled_on(me, "junk"));
		CHECK_EQ(probe_faults, 0);
		test_clean_up();
	}
	AT("a keeper that was destroyed");
	meter(0, probe_refuse);
	CHECK_OK(object_destroy(OK_PROCESS, 0));
	u64 me = metered(METERED);
	AWAIT(is_stalled_on(me, "junk"));
}

static void the_metered_is_the_keeper(void)
{
	meter(0, probe_refuse);
	u64 me = thread_new(run, METERED, CAP_C);
	CHECK_OK(process_make_start(CAP_C, 0, CAP_TMP));
	CHECK_OK(node_set(CAP_A, METER_KEEPER, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_C, PS_METER, CAP_B));
	thread_send(CAP_C, me, 0, 0, 0);
	AWAIT(is_stalled_on(me, "junk"));
}

static void ticks_that_are_no_number(void)
{
	meter(BUDGET, probe_refuse);
	CHECK_OK(node_set(CAP_A, METER_TICKS, CAP_SELF));
	u64 me = metered(METERED);
	AWAIT(is_stalled_on(me, "junk"));
	CHECK_EQ(load(&rounds[me]), 0);
	CHECK_EQ(probe_noted.fault, FAULT_METER);
}

/* Several on one meter: all end, and none used it alone. */
static void a_shared_meter(void)
{
	u64 used = 0, first = 1, last = 3;
	meter(10 * BUDGET, probe_refuse);
	for (u64 i = first; i <= last; i++)
		CHECK_EQ(metered(METERED), i);
	for (u64 i = first; i <= last; i++) {
		AWAIT(is_stalled_on(i, "junk"));
		CHECK(!alone() || load(&rounds[i]) > 0);
		used += thread_look(i).ticks;
	}
	CHECK(used >= 10 * BUDGET);
	CHECK_EQ(load(&probe_faults), 3);
	CHECK_EQ(ticks_left(), 0);
}

/* Its meter is destroyed: it is malformed, and its own keeper is told. */
static void a_destroyed_meter(void)
{
	meter(1000 * TICKS_PER_S, probe_refuse);
	u64 me = thread_new(run, METERED, CAP_C);
	CHECK_OK(process_make_start(CAP_D, 5, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_C, PS_KEEPER, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_C, PS_METER, CAP_B));
	store(&rounds[me], 0);
	thread_send(CAP_C, me, 0, 0, 0);
	AWAIT(load(&rounds[me]) > 0);
	CHECK_OK(object_destroy(OK_NODE, 0));
	AWAIT(load(&probe_faults) == 1);
	CHECK_EQ(probe_noted.fault, FAULT_MALFORMED);
	CHECK_EQ(probe_noted.detail, PS_METER);
	CHECK_EQ(probe_noted.badge, 5);
	CHECK_EQ(call4(CAP_B, METER_READ, 0, 0, 0).w0, RC_VOID);
}

static void the_meter_is_taken_off(void)
{
	meter(0, probe_refuse);
	u64 me = metered(METERED);
	AWAIT(is_stalled_on(me, "junk"));
	CHECK_OK(process_set_slot(CAP_C, PS_METER, 0));
	CHECK_OK(process_stop(CAP_C, CAP_E));
	message_send(CAP_E, &(struct message){ .w = { RC_OK } });
	AWAIT(load(&rounds[me]) > 0);
	/* ... and put on again, while it runs. */
	CHECK_OK(process_set_slot(CAP_C, PS_METER, CAP_B));
	AWAIT(is_stalled_on(me, "junk"));
	CHECK_EQ(load(&probe_faults), 2);
}

/* A tree that is a space and a meter at once is both. */
static void a_meter_that_is_a_space(void)
{
	meter(BUDGET, probe_refuse);
	u64 me = thread_new(run, METERED, CAP_C);
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(node_set_span(CAP_A, 16));
	CHECK_OK(node_copy(CAP_A, CAP_TMP));
	CHECK_OK(process_set_slot(CAP_C, PS_SPACE, CAP_A));
	CHECK_OK(process_set_slot(CAP_C, PS_METER, CAP_B));
	CHECK_OK(process_make_start(CAP_D, 9, CAP_TMP));
	CHECK_OK(node_set(CAP_A, METER_TICKS, 0));
	thread_send(CAP_C, me, 0, 0, 0);
	AWAIT(is_stalled_on(me, "junk"));
	CHECK_EQ(thread_look(me).fault, FAULT_METER);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "time is taken", time_is_taken },
		{ "an empty meter", an_empty_meter },
		{ "empty from the start", empty_from_the_start },
		{ "the keeper refills", the_keeper_refills },
		{ "the holder refills", the_holder_refills },
		{ "meters without a keeper", meters_without_a_keeper },
		{ "the metered is the keeper", the_metered_is_the_keeper },
		{ "ticks that are no number", ticks_that_are_no_number },
		{ "a shared meter", a_shared_meter },
		{ "a destroyed meter", a_destroyed_meter },
		{ "the meter is taken off", the_meter_is_taken_off },
		{ "a meter that is a space", a_meter_that_is_a_space },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
