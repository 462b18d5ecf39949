/*
 * Lab 1: sleeps and wakes all the time, so that others are driven from hart
 * to hart.
 */
#include <base/rand.h>
#include <object.h>

int main(void)
{
	struct rand dice;
	rand_seed(&dice, 1);
	for (;;)
		time_wait_until(time_now() + rand_next(&dice) % 500);
}
