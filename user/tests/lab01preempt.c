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
/* As in the manifest: of every spinner, and of the driver. */
#define QUANTUM (8 * MS)
#define DRIVER_PRIORITY 12

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

/*
 * Two harts.  Which of them the device interrupts is not known here, so each
 * pair of spinners is started both ways round.
 */
struct pair {
	const char *what, *expected;
	enum who who[2];
	u64 until[2];
	u64 woken; /* when the driver is to be woken */
};

static const struct pair pairs[] = {
	{ "one hart idles", "to be woken at 1000 us, at once",
	  { HIGH_A, HIGH_B }, { 12 * MS, MS / 2 }, MS },
	{ "one hart runs something lower", "to be woken at 1000 us, at once",
	  { HIGH_A, LOW_A }, { 12 * MS, 12 * MS }, MS },
	{ "both run something higher", "to be woken at 6000 us, when one ends",
	  { HIGH_A, HIGH_B }, { 12 * MS, 6 * MS }, 6 * MS },
	{ "one runs its equal, one something higher",
	  "to be woken at 8000 us, when the quantum of its equal ends",
	  { HIGH_A, SAME }, { 14 * MS, 12 * MS }, QUANTUM },
};

static void run_pair(const struct pair *p, int first)
{
	begin();
	spin(p->who[first], p->until[first]);
	spin(p->who[!first], p->until[!first]);
	interrupt(MS);
	sleep(20 * MS);
	/* Where the interrupt found a hart that runs something higher, it had
	   to interrupt the other. */
	if (driver->over > 1 + DRIVER_PRIORITY)
		board->mark[p - pairs]++;
	expect_driver(p->what, p->woken, p->woken, p->expected);
}

static void on_one_hart(void)
{
	printf("KTAP version 1\n1..5\n");
	higher();
	equal();
	lower();
	round_robin();
}

static void on_two_harts(void)
{
	printf("KTAP version 1\n1..%lu\n", 2 * ARRAY_SIZE(pairs));
	for (u64 i = 0; i < ARRAY_SIZE(pairs); i++) {
		run_pair(&pairs[i], 0);
		run_pair(&pairs[i], 1);
	}
}

int main(void)
{
	begin();
	sleep(MS); /* the driver begins to wait */
	if (board->harts == 1)
		on_one_hart();
	else
		on_two_harts();
	finish(right);
	return 0;
}
