/* counter [N]: counts the seconds, up to N or until it is stopped. */
#include <abi/types.h>
#include <clock.h>
#include <console.h>
#include <program.h>
#include <text.h>

int main(int argc, char **argv)
{
	u64 last = text_argument(argc, argv, 1, ~0ul);
	u64 next, seconds;
	clock_now(&next, &seconds);
	for (u64 i = 1; i <= last; i++) {
		next += TICKS_PER_S;
		if (clock_sleep_until(next) != RC_OK) {
			print("counter: the clock takes no more sleepers\n");
			return 1;
		}
		printf("%lu\n", i);
	}
	return 0;
}
