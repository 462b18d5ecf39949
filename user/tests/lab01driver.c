/*
 * Lab 1: the driver of the real-time clock.  If the board asks for it, it sets
 * the next alarm itself, to go off at the offset wanted within its own wait.
 */
#include "lab01user.h"

#include <object.h>

#define CAP_IRQ 10

static void wait_by_itself(volatile struct waiter *w)
{
	w->by_itself = 0;
	set_due(BY_DEVICE, cycle_now() + LEAD * board->step);
	rtc_alarm_at(w->due);
	arrive_before(BY_DEVICE, board->offset);
}

int main(void)
{
	volatile struct waiter *w = &board->waiter[BY_DEVICE];
	bool restarted;
	for (;;) {
		irq_wait(CAP_IRQ, &restarted);
		note_wake(BY_DEVICE, cycle_now());
		if (!board->noisy)
			rtc_quiet();
		board->noisy = 0;
		if (w->by_itself)
			wait_by_itself(w);
	}
}
