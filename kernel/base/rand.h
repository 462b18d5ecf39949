/* A small seeded generator (xorshift64*): the same seed, the same numbers. */
#pragma once

#include <base/types.h>

struct rand {
	u64 state;
};

static inline void rand_seed(struct rand *r, u64 seed)
{
	r->state = seed * 0x9e3779b97f4a7c15ul + 0x2545f4914f6cdd1dul;
	if (r->state == 0)
		r->state = 1;
}

static inline u64 rand_next(struct rand *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1dul;
}
