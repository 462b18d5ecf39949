/*
 * Lab 1: who runs when an interrupt wakes somebody.  This process is above all
 * others; it sets them going and sleeps.
 */
#include "lab01user.h"

#include <caps.h>
#include <console.h>
#include <invoke.h>
#include <object.h>

/* The spinners, each in the register of its number. */
enum who { LOW_A = 9, LOW_B, LOW_C, SAME, HIGH_A, HIGH_B };

#define MS (TICKS_PER_MS * CYCLES_PER_TICK)
#define QUANTUM (8 * MS) /* of every spinner; as in the manifest */

static volatile struct waiter *const driver = &board->waiter[BY_DEVICE];
static u64 tests, start;
static bool right = true;

static void begin(void)
{
	board->slices = 0;
	start = cycle_now();
}

/* Keeps busy until so long after begin(). */
static void spin(enum who who, u64 cycles)
{
	struct message m = { .w = { start + cycles, who } };
	message_send(who, &m);
}

/* The driver's interrupt comes so long after begin(). */
static void interrupt(u64 cycles)
{
	set_due(BY_DEVICE, start + cycles);
	rtc_alarm_at(driver->due);
}

static void sleep(u64 cycles)
{
	time_wait_until((start + cycles) / CYCLES_PER_TICK);
}

static void expect(const char *what, bool ok, const char *expected,
		   const char *happened, u64 value)
{
	if (!ok)
		printf("# expected: %s\n# happened: %s %lu us\n", expected,
		       happened, value / (MS / 1000));
	printf("%sok %lu %s\n", ok ? "" : "not ", ++tests, what);
	right &= ok;
}

/* The driver must have been woken between these, counted from begin(). */
static void expect_driver(const char *what, u64 from, u64 to,
			  const char *expected)
{
	u64 woken = driver->woken - start;
	bool ok = driver->woken >= driver->due && woken >= from &&
		  woken <= to + board->prompt * board->step;
	expect(what, ok, expected, "after the start it was woken at", woken);
}

/*
 * The length of the i-th turn: adjoining slices of one process are one turn,
 * in which it was interrupted.  0: there is none, or it is somebody else's.
 */
static u64 turn(u64 i, enum who who)
{
	u64 n = MIN(board->slices, SLICES_MAX), at = 0, cycles = 0;
	for (; i && at < n; i--)
		for (u64 of = board->slice[at].who;
		     at < n && board->slice[at].who == of;)
			at++;
	for (; at < n && board->slice[at].who == who; at++)
		cycles += board->slice[at].to - board->slice[at].from;
	return cycles;
}

static bool is_quantum(u64 cycles)
{
	u64 slack = board->prompt * board->step;
	return cycles + slack >= QUANTUM && cycles <= QUANTUM + slack;
}

static void higher(void)
{
	begin();
	spin(LOW_A, 24 * MS);
	spin(LOW_B, 24 * MS);
	interrupt(1 * MS);
	sleep(25 * MS);
	expect_driver("a driver of higher priority", 1 * MS, 1 * MS,
		      "to be woken at 1000 us, at once");
	expect("who was preempted keeps its turn",
	       is_quantum(turn(0, LOW_A)) && is_quantum(turn(1, LOW_B)),
	       "it to go on where it was, until its quantum of 8000 us is "
	       "used up, and the next to follow",
	       "it had the hart for", turn(0, LOW_A));
}

static void equal(void)
{
	begin();
	spin(SAME, 12 * MS);
	interrupt(1 * MS);
	sleep(13 * MS);
	expect_driver("a driver of equal priority", QUANTUM, QUANTUM,
		      "to be woken at 8000 us, when the quantum ends");
}

static void lower(void)
{
	begin();
	spin(HIGH_A, 12 * MS);
	interrupt(1 * MS);
	sleep(13 * MS);
	expect_driver("a driver of lower priority", 12 * MS, 12 * MS,
		      "to be woken at 12000 us, when nobody else runs");
}

static void round_robin(void)
{
	u64 turns = 0, cycles;
	begin();
	for (enum who who = LOW_A; who <= LOW_C; who++)
		spin(who, 9 * QUANTUM);
	sleep(9 * QUANTUM + MS);
	do
		cycles = turn(turns, LOW_A + turns % 3);
	while (is_quantum(cycles) && ++turns < 8);
	expect("quanta go round", turns == 8,
	       "eight turns of 8000 us, of each of three in turn",
	       "the first that is wrong has", cycles);
}

int main(void)
{
	printf("KTAP version 1\n1..5\n");
	sleep(MS); /* the driver begins to wait */
	higher();
	equal();
	lower();
	round_robin();
	finish(right);
	return 0;
}
