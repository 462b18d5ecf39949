/* glance() of hal/atomic.h: like a relaxed load. */
#pragma once

#include "../model.h"

#define glance(field) \
	((__typeof__(field))model_load(&(field), sizeof(field), MODEL_RELAXED))
