/*
 * Lab 1: sleeps until the tick it is sent.  If the board asks for it, it goes
 * to sleep at the offset wanted before that tick.
 */
#include "lab01user.h"

#include <invoke.h>
#include <object.h>

int main(void)
{
	volatile struct waiter *w = &board->waiter[BY_TIMER];
	for (;;) {
		struct message m = { 0 };
		message_wait(&m);
		if (w->by_itself)
			arrive_before(BY_TIMER, board->offset);
		w->by_itself = 0;
		time_wait_until(m.w[0]);
		note_wake(BY_TIMER, cycle_now());
	}
}
