/*
 * What of the past still matters: which accesses some hart is not ordered
 * behind yet, and what each clock says about them.
 *
 * Clocks count on for ever, so no two states would be the same.  But all that
 * is ever asked of them is whether an access of hart i, at its clock c, is known
 * to hart j: c <= now[j].at[i].  So
 *
 *  1. an access that every other hart knows, or that has ended, is forgotten;
 *  2. of the rest only the order matters, among the accesses of one hart and
 *     the clocks that may come to be known: each is replaced by its rank.
 *
 * What two states with the same ranks can still run into is the same, races
 * included.  An epoch is what a hart did between two of its own ticks.
 */
#include "machine.h"

#define EPOCHS_MAX (1u << 18)
#define PRIME 0x9e3779b97f4a7c15ul

/* A piece of what is kept aside. */
struct epoch {
	u64 sum;   /* of digests of the accesses */
	u64 count; /* of accesses */
};

struct epochs {
	struct epoch at[EPOCHS_MAX];
	u32 rank[EPOCHS_MAX]; /* of those above low, while a digest is made */
	u32 low;              /* what all others know */
};

static struct epochs *epochs; /* one for each hart */

size_t order_size(void)
{
	return MODEL_HARTS * sizeof(struct epochs);
}

void order_init(void *memory)
{
	epochs = memory;
}

static u64 mix(u64 a, u64 b)
{
	u64 d = (a ^ b) * PRIME;
	return d ^ d >> 29;
}

static void change(u32 hart, u32 at, const void *what, u32 mask, bool adds)
{
	u64 d = mix((u64)what, mask), one = 1;
	if (at >= EPOCHS_MAX)
		model_out_of_steps();
	const struct epoch *e = &epochs[hart].at[at];
	if (!adds)
		d = -d, one = -one;
	aside_set(&epochs[hart].at[at],
		  &(struct epoch){ e->sum + d, e->count + one });
}

void order_add(u32 hart, u32 at, const void *what, u32 mask)
{
	change(hart, at, what, mask, true);
}

void order_remove(u32 hart, u32 at, const void *what, u32 mask)
{
	change(hart, at, what, mask, false);
}

static bool is_over(u32 hart)
{
	return machine.hart[hart].standing == ENDED;
}

/* Ranks the epochs of a hart that somebody does not know; their digest. */
static u64 rank(u32 hart)
{
	struct epochs *e = &epochs[hart];
	u32 last = machine.hart[hart].now.at[hart], ranks = 0;
	u64 digest = hart;
	e->low = last;
	for (u32 j = 0; j < machine.harts; j++)
		if (j != hart && !is_over(j))
			e->low = MIN(e->low, machine.hart[j].now.at[hart]);
	for (u32 at = e->low + 1; at <= last; at++) {
		if (e->at[at].count) {
			digest = mix(digest, e->at[at].sum);
			ranks++;
		}
		e->rank[at] = ranks;
	}
	return mix(digest, e->low < last && e->at[last].count);
}

/* A clock, as far as it says something that not everybody knows; else 0. */
u64 order_digest_clock(const struct clock *c)
{
	u64 digest = 0;
	for (u32 i = 0; i < machine.harts; i++) {
		u32 at = c->at[i];
		digest *= PRIME;
		digest += at > epochs[i].low ? epochs[i].rank[at] : 0;
	}
	return digest;
}

static u64 digest_hart(u64 digest, const struct machine_hart *h)
{
	for (u32 i = 0; i < h->stores; i++)
		digest = mix(digest, order_digest_clock(&h->store[i].clock));
	if (h->standing == ENDED)
		return digest;
	digest = mix(digest, order_digest_clock(&h->now));
	digest = mix(digest, order_digest_clock(&h->fenced));
	digest = mix(digest, order_digest_clock(&h->seen));
	return mix(digest, order_digest_clock(&h->raiser));
}

u64 order_digest(void)
{
	u64 digest = 0;
	for (u32 i = 0; i < machine.harts; i++)
		digest = mix(digest, rank(i));
	for (u32 i = 0; i < machine.harts; i++)
		digest = digest_hart(digest, &machine.hart[i]);
	return mix(digest, words_digest());
}
