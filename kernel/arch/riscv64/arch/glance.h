/* glance() of hal/atomic.h: one load, which the race detector passes over. */
#pragma once

#define glance(field) (*(const volatile __typeof__(field) *)&(field))
