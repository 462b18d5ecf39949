/* The accessors promised by hal/atomic.h: each asks the model. */
#pragma once

#include "../model.h"

#define ATOMIC_CALL(verb) model_##verb
#define ATOMIC_AS(word) MODEL_##word

#include <hal/atomic_calls.h>

static inline void fence_full(void)
{
	model_fence();
}

static inline void spin_hint(void)
{
	model_spin();
}
