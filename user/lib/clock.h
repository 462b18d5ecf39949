/* The clock: date, time since the first boot, and sleep for many clients. */
#pragma once

#include <abi/invoke.h>
#include <base/types.h>

enum clock_order {
	CLOCK_NOW = 0,   /* -> w1 = ticks, w2 = seconds since 1970, UTC */
	CLOCK_SLEEP = 1, /* w1 = ticks: answers at or after that time */
};

enum clock_badge {
	CLOCK_CLIENT = 0,
	CLOCK_ALARM = 1, /* its helper (alarm): w1 = ticks when next to call */
};

/* On CAP_CLOCK. */
u64 clock_now(u64 *ticks, u64 *seconds);
u64 clock_sleep_until(u64 ticks);
