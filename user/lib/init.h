/*
 * init: keeper of the first processes, and the one that holds the switch.
 *
 * Each of them has a start capability to init as its keeper; the badge tells
 * init which one faulted.
 */
#pragma once

#include <base/types.h>

enum init_order {
	INIT_POWER_OFF = 0, /* badge INIT_SHELL only */
};

#define INIT_BADGES(X)                \
	X(INIT_OTHER, 0, "server")    \
	X(INIT_SHELL, 1, "shell")     \
	X(INIT_CONSOLE, 2, "console") \
	X(INIT_BANK, 3, "bank")       \
	X(INIT_FACTORY, 4, "factory") \
	X(INIT_PAGER, 5, "pager")     \
	X(INIT_CLOCK, 6, "clock")     \
	X(INIT_RELAY, 7, "relay")     \
	X(INIT_NAMES, 8, "names")     \
	X(INIT_HERALD, 9, "herald")

enum init_badge {
#define X(id, n, name) id = n,
	INIT_BADGES(X)
#undef X
		INIT_BADGE_COUNT
};
