/*
 * Lab 5: the one that was woken to be the next has changed its mind.
 *
 * The target is held in the kernel while the test halts it; so the members
 * find it claimed and stall.  Then all harts are taken by processes of a higher
 * priority; so the member that is woken when the test has done does not get
 * to run before it is stopped, destroyed or sent elsewhere.  The others are
 * served all the same, soon, and in order.
 */
#include "lab05user.h"

#define MEMBERS 4
#define FILLERS 3 /* more than there are harts for */
#define POLL (100 * TICKS_PER_US)
#define PATIENT TICKS_PER_S /* more than the kernel is */
#define LOWER (BELOW - 1)

static u64 done, filling, release, turns;
static u64 asked_before, stalled_before;

#define SLEEP_UNTIL(condition) \
	while (!(condition))   \
	time_wait_until(time_now() + POLL)

static void be_held(u64 ticks, u64 w1, u64 w2, u64 w3)
{
	call4(CAP_C, ORDER_HOLD, ticks + w1, w2, w3);
	thread_rest();
}

/* Comes when the test has claimed the target. */
static void look(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct proc_regs regs;
	SLEEP_UNTIL(ledger->asking > asked_before);
	u64 result = process_get_regs(CAP_C, &regs);
	HELPER_CHECK(result == RC_OK + w0 + w1 + w2 + w3);
	add(&turns, 1);
	add(&done, 1);
	thread_rest();
}

/* Takes a hart, when all members have stalled.  The second to do so lets the
   target go; those who find no hart are ready by then. */
static void fill(u64 w0, u64 w1, u64 w2, u64 w3)
{
	SLEEP_UNTIL(ledger->stalls >= stalled_before + MEMBERS);
	if (add(&filling, 1 + w0 + w1 + w2 + w3) == 1) {
		u64 until = time_now() + 10 * POLL;
		while (time_now() < until)
			;
		ledger->let_go = 1;
	}
	while (!load(&release))
		;
	thread_rest();
}

/* The target in A, the members, and who takes the harts; numbers from 0. */
static void scene(void)
{
	store(&done, 0);
	store(&filling, 0);
	store(&release, 0);
	store(&turns, 0);
	asked_before = ledger->asking;
	stalled_before = ledger->stalls;
	ledger->let_go = 0;
	thread_new(be_held, LOWER, CAP_A);
	CHECK_OK(kit(KIT_HOLD, CAP_B));
	aim_at(CAP_A, CAP_B);
	for (u64 i = 1; i <= MEMBERS + FILLERS; i++) {
		bool member = i <= MEMBERS;
		thread_new(member ? look : fill, member ? LOWER : BELOW, CAP_B);
		aim_at(CAP_B, CAP_A);
		CHECK_OK(process_set_cap(CAP_B, CAP_WAIT, CAP_WAIT));
		thread_send(CAP_B, 0, 0, 0, 0);
	}
	thread_send(CAP_A, PATIENCE, 0, 0, 0);
	AWAIT(ledger->holding);
}

/* The member that was woken and has not run, into B; others wait behind. */
static u64 woken_member(void)
{
	u64 woken = ledger->woken;
	CHECK_EQ(ledger->stalls, stalled_before + MEMBERS);
	CHECK(woken >= 1 && woken <= MEMBERS);
	CHECK_EQ(load(&turns), 0);
	find_thread(woken, CAP_B);
	return woken;
}

static void one_of_them(void (*changes_its_mind)(u64 member))
{
	struct proc_regs regs;
	scene();
	/* Here the test claims the target, and waits until it is let go. */
	CHECK_OK(process_get_regs(CAP_A, &regs));
	changes_its_mind(woken_member());
	u64 since = time_now();
	store(&release, 1);
	AWAIT(load(&done) == MEMBERS - 1);
	CHECK(time_now() - since < PATIENT);
	ledger->figure[0]++;
}

static void is_stopped(u64 member)
{
	(void)member;
	CHECK_OK(process_stop(CAP_B, CAP_C));
}

static void is_sent_elsewhere(u64 member)
{
	thread_restart(CAP_B, member, thread_rest_now);
	thread_send(CAP_B, 0, 0, 0, 0);
}

static void is_destroyed(u64 member)
{
	CHECK_OK(object_destroy(OK_PROCESS, member));
}

static void it_is_stopped(void)
{
	one_of_them(is_stopped);
}

static void it_is_sent_elsewhere(void)
{
	one_of_them(is_sent_elsewhere);
}

static void it_is_destroyed(void)
{
	one_of_them(is_destroyed);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "it is stopped", it_is_stopped },
		{ "it is sent elsewhere", it_is_sent_elsewhere },
		{ "it is destroyed", it_is_destroyed },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
