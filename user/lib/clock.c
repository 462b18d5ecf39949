#include <caps.h>
#include <clock.h>
#include <invoke.h>

u64 clock_now(u64 *ticks, u64 *seconds)
{
	struct words a = call4(CAP_CLOCK, CLOCK_NOW, 0, 0, 0);
	*ticks = a.w1;
	*seconds = a.w2;
	return a.w0;
}

u64 clock_sleep_until(u64 ticks)
{
	return call4(CAP_CLOCK, CLOCK_SLEEP, ticks, 0, 0).w0;
}
