/*
 * Lab 1, on two harts: the hart of a driver stops at every instruction of its
 * wait, from there on to idle, while the other hart takes the interrupt.
 *
 * The grader has the emulator run each hart for `rotate` cycles in turn, and
 * the other one is kept busy by a process of higher priority.  So this process
 * sees time leap whenever it has its turn; begun so many instructions behind a
 * leap, its wait is cut where the turn ends.  The interrupt waits at the
 * controller and is taken as soon as the line is unmasked: in the next turn of
 * the other hart.
 */
#include "lab01user.h"

#include <console.h>
#include <object.h>

#define CAP_IRQ 10
#define PRIORITY 12 /* this process's; as in the manifest */

/* Instructions: from a leap to the first wait, and of the shortest cut. */
#define FIRST 60
#define SHORTEST 40

static volatile struct waiter *const driver = &board->waiter[BY_DEVICE];

/* Until this hart's next turn begins; returns when that was. */
static u64 wait_for_turn(void)
{
	u64 now = cycle_now(), last;
	do {
		last = now;
		now = cycle_now();
	} while (now - last < board->rotate / 2);
	return now / board->rotate * board->rotate;
}

/* False: it was woken too late. */
static bool try(u64 offset)
{
	bool restarted;
	board->offset = offset;
	set_due(BY_DEVICE, cycle_now() + 100 * board->step);
	rtc_alarm_at(driver->due);
	wait_until(driver->due);
	arrive_at(wait_for_turn() + (FIRST + offset) * board->step);
	irq_wait(CAP_IRQ, &restarted);
	note_wake(BY_DEVICE, cycle_now());
	rtc_quiet();
	return driver->latency <= board->prompt;
}

/*
 * When both harts dispatch at once the two processes may change harts, and
 * then the interrupt comes to the driver's own, which proves nothing.  Naps of
 * many lengths, through the end of a quantum of the other, change them back.
 */
static void change_harts(void)
{
	u64 end = time_now() + 3 * TICKS_PER_MS;
	for (u64 i = 0; time_now() < end; i++)
		time_wait_until(time_now() + i % 61);
}

static bool try_across(u64 offset)
{
	bool right;
	while ((right = try(offset)) && driver->over <= 1 + PRIORITY)
		change_harts();
	return right;
}

static bool sweep(void)
{
	volatile struct kind_result *r = &board->result[0];
	bool right = true;
	r->last = board->rotate / board->step - FIRST - SHORTEST;
	try(0); /* whatever happens for the first time only */
	for (u64 at = 0; at <= r->last && right; at += board->stride) {
		right = try_across(at);
		r->done += right;
		if (right)
			r->longest = MAX(r->longest, driver->latency);
	}
	return right;
}

int main(void)
{
	printf("KTAP version 1\n1..1\n");
	bool right = sweep();
	if (!right)
		printf("# expected: the driver to be woken within %lu "
		       "instructions\n# happened: another hart took the "
		       "interrupt when the driver's was %lu instructions into "
		       "its wait; it was woken after %lu, when something else "
		       "came\n", board->prompt, board->rotate / board->step -
		       FIRST - board->offset, driver->latency);
	printf("%sok 1 a wait cut short\n", right ? "" : "not ");
	finish(right);
	return 0;
}
