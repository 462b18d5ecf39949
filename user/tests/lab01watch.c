/*
 * Lab 1: looks now and then whether somebody is still woken, and ends the
 * machine if not.
 */
#include "lab01user.h"

#include <console.h>
#include <object.h>

#define INTERVAL (10 * TICKS_PER_MS)
#define PATIENCE 3 /* intervals in which nobody was woken */

int main(void)
{
	u64 seen = 0, idle = 0;
	while (idle < PATIENCE) {
		time_wait_until(time_now() + INTERVAL);
		u64 wakes = board->waiter[BY_DEVICE].wakes +
			    board->waiter[BY_TIMER].wakes;
		idle = wakes == seen ? idle + 1 : 0;
		seen = wakes;
	}
	printf("# expected: to be woken within %lu instructions\n"
	       "# happened: at offset %lu it was never woken\n"
	       "not ok 1 somebody is woken\n", board->prompt, board->offset);
	finish(false);
	return 0;
}
