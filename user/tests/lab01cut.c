/*
 * Lab 1, on two harts: the hart of a driver stops at every instruction of its
 * wait, from there on to idle, while the other hart takes the interrupt.
 *
 * The grader has the emulator run each hart for `rotate` cycles in turn.  The
 * other one is kept busy by a process of higher priority.  So this process
 * sees time leap whenever it has its turn; begun so many instructions behind a
 * leap, its wait is cut where that turn ends.
 */
#include "lab01user.h"

#include <console.h>
#include <object.h>

#define CAP_IRQ 10
#define PRIORITY 12 /* this process's; as in the manifest */

/* When the interrupt comes. */
enum when {
	BEFORE, /* before the wait: as soon as the line is unmasked */
	AT_CUT, /* when the turn ends */
	WHENS
};

static const char *const names[WHENS] = {
	"cut short, an interrupt is waiting",
	"cut short, an interrupt comes",
};

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

static void wait_for_interrupt(void)
{
	bool restarted;
	irq_wait(CAP_IRQ, &restarted);
	note_wake(BY_DEVICE, cycle_now());
	rtc_quiet();
}

/* False: it was woken too late. */
static bool try(enum when when, u64 offset)
{
	volatile struct waiter *w = &board->waiter[BY_DEVICE];
	board->offset = offset;
	if (when == BEFORE) {
		set_due(BY_DEVICE, cycle_now() + 100 * board->step);
		rtc_alarm_at(w->due);
		wait_until(w->due);
	}
	u64 turn = wait_for_turn();
	if (when == AT_CUT) {
		set_due(BY_DEVICE, turn + board->rotate);
		rtc_alarm_at(w->due);
	}
	arrive_at(turn + (60 + offset) * board->step);
	wait_for_interrupt();
	return w->latency <= board->prompt;
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

static bool try_across(enum when when, u64 offset)
{
	bool right;
	while ((right = try(when, offset)) &&
	       board->waiter[BY_DEVICE].over <= 1 + PRIORITY)
		change_harts();
	return right;
}

static bool sweep(enum when when)
{
	volatile struct kind_result *r = &board->result[when];
	bool right = true;
	board->kind = when;
	r->last = board->rotate / board->step - 100;
	try(when, 0); /* whatever happens for the first time only */
	for (u64 at = 0; at <= r->last && right; at += board->stride) {
		right = try_across(when, at);
		r->done += right;
		if (right)
			r->longest = MAX(r->longest,
					 board->waiter[BY_DEVICE].latency);
	}
	if (!right)
		printf("# expected: the driver to be woken within %lu "
		       "instructions\n# happened: its wait was cut %lu "
		       "instructions after it began, and it was woken after "
		       "%lu, when something else came\n", board->prompt,
		       board->rotate / board->step - board->offset,
		       board->waiter[BY_DEVICE].latency);
	printf("%sok %d %s\n", right ? "" : "not ", when + 1, names[when]);
	return right;
}

int main(void)
{
	printf("KTAP version 1\n1..%d\n", WHENS);
	finish(sweep(BEFORE) && sweep(AT_CUT));
	return 0;
}
