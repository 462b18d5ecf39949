/* Finding bits, without the compiler's help: it would call its library. */
#pragma once

#include <base/types.h>

/* Index of the highest set bit; word is not 0. */
static inline unsigned bit_highest(u64 word)
{
	unsigned n = 0;
	for (unsigned step = 32; step; step >>= 1) {
		if (word >> step) {
			word >>= step;
			n += step;
		}
	}
	return n;
}

/* Index of the lowest set bit; word is not 0. */
static inline unsigned bit_lowest(u64 word)
{
	return bit_highest(word & (0 - word));
}
