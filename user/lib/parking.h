/*
 * Callers that a server answers later: their resume capabilities stay in the
 * registers they were received into.  One register is always left to receive
 * the next.
 */
#pragma once

#include <base/types.h>

struct parking {
	u16 free; /* bit per register */
};

#define PARKING(first, last) \
	((struct parking){ (u16)((2u << (last)) - (1u << (first))) })

/* The register to receive the next resume capability into. */
static inline u8 parking_next(const struct parking *p)
{
	u8 reg = 0;
	while (!(p->free & 1u << reg))
		reg++;
	return reg;
}

/* Nobody more can be kept waiting. */
static inline bool parking_is_full(const struct parking *p)
{
	return (p->free & (p->free - 1)) == 0;
}

/* The caller whose resume capability was received last waits. */
static inline u8 parking_keep(struct parking *p)
{
	u8 reg = parking_next(p);
	p->free &= (u16) ~(1u << reg);
	return reg;
}

/* It has been answered, or is gone. */
static inline void parking_release(struct parking *p, u8 reg)
{
	p->free |= (u16)(1u << reg);
}
