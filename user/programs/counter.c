/*
 * counter [N]: counts the seconds, up to N or until it is stopped.
 *
 * When the machine was restarted it counts on where the checkpoint was taken,
 * and says so: it is late by the time that was lost and the machine was off.
 */
#include <abi/types.h>
#include <clock.h>
#include <console.h>
#include <program.h>
#include <text.h>

/* Seconds by which `due` has passed. */
static u64 late(u64 due)
{
	u64 now = due, seconds;
	clock_now(&now, &seconds);
	return now > due ? (now - due) / TICKS_PER_S : 0;
}

int main(int argc, char **argv)
{
	u64 last = text_argument(argc, argv, 1, ~0ul);
	u64 next, seconds, restarts = console_restarts();
	clock_now(&next, &seconds);
	for (u64 i = 1; i <= last; i++) {
		next += TICKS_PER_S;
		if (clock_sleep_until(next) != RC_OK) {
			print("counter: the clock takes no more sleepers\n");
			return 1;
		}
		if (console_restarts() == restarts) {
			printf("%lu\n", i);
			continue;
		}
		restarts = console_restarts();
		printf("%lu, after a restart of the machine and %lu s that "
		       "nobody counted\n",
		       i, late(next));
		clock_now(&next, &seconds);
	}
	return 0;
}
