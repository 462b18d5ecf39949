/*
 * What the detector remembers of memory (races.h), in stripes by a hash of the
 * address, each under a lock of its own: what is known of eight bytes, and of
 * the shared words in them, is in one stripe.
 */
#pragma once

#include <hal/hart.h>

/* What of each hart's past something is ordered behind: its releases. */
struct clock {
	u32 at[HARTS_MAX];
};

struct access {
	u32 at; /* the hart's own clock: its next release; 0: no access */
	u32 pc; /* where it returns to; the upper half is everywhere the same */
	u8 hart;
	u8 mask; /* the bytes */
	bool writes, atomic;
};

/*
 * From here to stripe_unlock() interrupts are disabled.  *irqs: whether they
 * were enabled.
 */
struct stripe *stripe_lock(const void *address, bool *irqs);
void stripe_unlock(struct stripe *s, bool irqs);

/*
 * Notes an access to the eight bytes that lie there, by a hart that is ordered
 * behind `now`.  True: it is a race with *other.
 */
bool stripe_note_locked(struct stripe *s, const void *address,
			const struct access *a, const struct clock *now,
			struct access *other);

/*
 * What the last store to a shared word orders.  If there is no room for it, it
 * is one clock for many (*common), in which nothing may be replaced: it may
 * order too much, never too little.
 */
struct clock *stripe_clock_locked(struct stripe *s, const void *word,
				  bool *common);

static inline void clock_join(struct clock *c, const struct clock *with)
{
	for (u32 i = 0; i < HARTS_MAX; i++)
		c->at[i] = MAX(c->at[i], with->at[i]);
}
