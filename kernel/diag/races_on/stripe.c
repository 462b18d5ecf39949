#include "stripe.h"

#include <hal/irq.h>

/* Powers of two. */
#define STRIPES 512
#define CELLS 128 /* of each stripe */
#define WORDS 128
#define PROBES 16
#define NOTED 4

/*
 * The last accesses to eight bytes.  A cell serves all that hash to it, and
 * knows of the last that came: what it knew of those before is forgotten.
 */
struct cell {
	u64 address;
	struct access noted[NOTED];
};

struct word {
	u64 address; /* 0: none yet */
	struct clock clock;
};

static struct stripe {
	struct atomic32 taken;
	struct cell cell[CELLS];
	struct word word[WORDS];
	struct clock common; /* of all for which no word is left */
} stripes[STRIPES];

static u64 hash(const void *address)
{
	return ((u64)address / 8) * 0x9e3779b97f4a7c15ul;
}

struct stripe *stripe_lock(const void *address, bool *irqs)
{
	struct stripe *s = &stripes[hash(address) >> 32 & (STRIPES - 1)];
	*irqs = irqs_enabled();
	irqs_disable();
	while (atomic32_swap_acquire(&s->taken, 1)) {
		if (*irqs)
			irqs_enable();
		spin_hint();
		irqs_disable();
	}
	return s;
}

void stripe_unlock(struct stripe *s, bool irqs)
{
	atomic32_store_release(&s->taken, 0);
	if (irqs)
		irqs_enable();
}

static bool is_behind(const struct access *a, const struct clock *now)
{
	return a->at <= now->at[a->hart];
}

static bool is_race(const struct access *a, const struct access *b,
		    const struct clock *now)
{
	return a->hart != b->hart && (a->mask & b->mask) &&
	       (a->writes || b->writes) && !(a->atomic && b->atomic) &&
	       !is_behind(a, now);
}

/* Whatever races with the older one races with the newer one, too. */
static bool covers(const struct access *newer, const struct access *older)
{
	return newer->hart == older->hart && !(older->mask & ~newer->mask) &&
	       newer->writes >= older->writes && newer->atomic <= older->atomic;
}

/* Which to forget: one that this one covers, none, or an old one. */
static struct access *place_for(struct cell *c, const struct access *a,
				const struct clock *now)
{
	struct access *old = NULL;
	for (unsigned i = 0; i < NOTED; i++) {
		struct access *b = &c->noted[i];
		if (covers(a, b))
			return b;
		if (is_behind(b, now) && (!old || b->at < old->at))
			old = b;
	}
	return old ? old : &c->noted[a->at % NOTED];
}

bool stripe_note_locked(struct stripe *s, const void *address,
			const struct access *a, const struct clock *now,
			struct access *other)
{
	struct cell *c = &s->cell[hash(address) >> 48 & (CELLS - 1)];
	if (c->address != (u64)address / 8)
		*c = (struct cell){ .address = (u64)address / 8 };
	for (unsigned i = 0; i < NOTED; i++) {
		const struct access *b = &c->noted[i];
		if (is_race(b, a, now)) {
			*other = *b;
			return true;
		}
		if (b->at == a->at && covers(b, a))
			return false;
	}
	*place_for(c, a, now) = *a;
	return false;
}

struct clock *stripe_clock_locked(struct stripe *s, const void *address,
				  bool *common)
{
	u64 first = hash(address) >> 48;
	for (u64 i = 0; i < PROBES; i++) {
		struct word *w = &s->word[(first + i) % WORDS];
		if (!w->address)
			w->address = (u64)address;
		if (w->address == (u64)address) {
			*common = false;
			return &w->clock;
		}
	}
	*common = true;
	return &s->common;
}
