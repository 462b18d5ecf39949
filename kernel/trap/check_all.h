/*
 * Everything that can be checked while the machine runs: the invariants of
 * rings, slots, queues, processes and mapping references.
 */
#pragma once

#include <diag/check.h>

/* Panics at the first thing wrong, naming it.  No lock is held. */
void check_all(void);

/* At kernel entry and exit: in the debug build only. */
static inline void check_all_if_debug(void)
{
	if (DEBUG_BUILD)
		check_all();
}
