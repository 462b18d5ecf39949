/*
 * Lab 1: waits for an interrupt that comes while its hart goes to idle, at
 * every instruction on the way, because there is nothing else to do.
 */
#include "lab01user.h"

#include <console.h>
#include <object.h>

#define CAP_IRQ 10
#define OFFSETS 3000 /* instructions, from before the wait to idling */

static void wait(enum source s)
{
	bool restarted;
	if (s == BY_DEVICE)
		irq_wait(CAP_IRQ, &restarted);
	else
		time_wait_until(board->waiter[s].due / CYCLES_PER_TICK);
}

/* False: it was woken too late. */
static bool try(enum source s, u64 offset)
{
	board->offset = offset;
	set_due(s, some_tick_ahead());
	if (s == BY_DEVICE)
		rtc_alarm_at(board->waiter[s].due);
	arrive_before(s, offset);
	wait(s);
	note_wake(s, cycle_now());
	rtc_quiet();
	return board->waiter[s].latency <= board->prompt;
}

static bool sweep(enum source s)
{
	volatile struct kind_result *r = &board->result[s];
	bool right = true;
	board->kind = s;
	r->last = OFFSETS;
	try(s, LEAD / 2); /* whatever happens for the first time only */
	for (u64 at = 0; at <= OFFSETS && right; at += board->stride) {
		right = try(s, at);
		r->done += right;
		if (right)
			r->longest = MAX(r->longest, board->waiter[s].latency);
	}
	if (!right)
		printf("# expected: to be woken within %lu instructions\n"
		       "# happened: interrupted %lu instructions after it began "
		       "to wait, it was woken after %lu, when something else "
		       "came\n", board->prompt, board->offset,
		       board->waiter[s].latency);
	printf("%sok %d the way to idle, interrupted by %s\n",
	       right ? "" : "not ", s + 1,
	       s == BY_DEVICE ? "a device" : "the timer");
	return right;
}

int main(void)
{
	printf("KTAP version 1\n1..2\n");
	finish(sweep(BY_DEVICE) && sweep(BY_TIMER));
	return 0;
}
