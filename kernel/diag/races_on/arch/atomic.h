/* The accessors promised by hal/atomic.h: each tells the race detector. */
#pragma once

#include "../races.h"

#define ATOMIC_CALL(verb) races_##verb
#define ATOMIC_AS(word) RACES_##word

#include <hal/atomic_calls.h>

static inline void fence_full(void)
{
	races_fence();
}

/* Nothing is ordered by it. */
static inline void spin_hint(void)
{
	races_hint();
}
