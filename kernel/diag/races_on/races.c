#include "races.h"

#include "stripe.h"

#include <hal/irq.h>
#include <hal/upcall.h>

/* Of each hart, this hart only, with interrupts disabled. */
static struct known {
	struct clock now;    /* all it does is ordered behind this */
	struct clock fenced; /* this was known at its last full fence */
	struct clock seen;   /* relaxed loads saw it: a fence makes it known */
} known[HARTS_MAX];

static struct atomic32 found; /* one race is enough */
static struct atomic32 came;  /* a bit for each hart that was here */

static struct known *myself(void)
{
	return &known[hart_self()->id];
}

static seldom noreturn void report(const void *at, const struct access *a,
				   const struct access *b)
{
	static const char *const verbs[] = { "reads", "writes" };
	static const char *const how[] = { "", " atomically" };
	u64 upper = (u64)report & ~0xfffffffful;
	panic("races",
	      "hart %u %s <data %lx>%s in <code %lx>, hart %u %s it%s in "
	      "<code %lx>, and nothing orders the two",
	      b->hart, verbs[b->writes], (u64)at, how[b->atomic], upper | b->pc,
	      a->hart, verbs[a->writes], how[a->atomic], upper | a->pc);
}

/* During boot all is in order. */
static bool is_alone(void)
{
	u32 me = 1u << hart_self()->id, all = atomic32_load_relaxed(&came);
	if (unlikely(!(all & me)))
		all = atomic32_or_relaxed(&came, me) | me;
	return all == me;
}

/* At most eight bytes of one word.  True: it is a race, and the first. */
static bool note_locked(struct stripe *s, const void *at, u64 size,
			struct access *a, struct access *other)
{
	const struct clock *now = &myself()->now;
	a->hart = (u8)hart_self()->id;
	a->at = now->at[a->hart] + 1;
	a->mask = (u8)(((1u << size) - 1) << ((u64)at & 7));
	return !is_alone() && !atomic32_load_relaxed(&found) &&
	       stripe_note_locked(s, at, a, now, other) &&
	       !atomic32_swap_acquire(&found, 1);
}

/* This hart's stack is its own. */
static bool is_on_stack(const void *at)
{
	return at >= __builtin_frame_address(0) &&
	       (u64)at < hart_self()->kernel_sp;
}

static void plain_word(const void *at, u64 size, bool writes, const void *pc)
{
	struct access a = { .pc = (u32)(u64)pc, .writes = writes }, other;
	bool irqs;
	struct stripe *s = stripe_lock(at, &irqs);
	bool race = note_locked(s, at, size, &a, &other);
	stripe_unlock(s, irqs);
	if (unlikely(race))
		report(at, &a, &other);
}

void races_plain(const void *address, u64 size, bool writes, const void *pc)
{
	const char *at = address, *end = at + size;
	if (is_alone() || is_on_stack(at))
		return;
	while (at < end) {
		u64 n = MIN((u64)(end - at), 8 - ((u64)at & 7));
		plain_word(at, n, writes, pc);
		at += n;
	}
}

/* An access to a shared word, from begin_shared() to end_shared(). */
struct shared {
	const void *word;
	struct access a, other;
	bool irqs, race;
	struct stripe *stripe;
	struct clock *clock; /* of the word, */
	bool common;         /* and of others */
};

static struct shared begin_shared(const void *word, u32 size, bool writes,
				  const void *pc)
{
	struct shared s = { .word = word };
	s.stripe = stripe_lock(word, &s.irqs);
	s.a = (struct access){ .pc = (u32)(u64)pc,
			       .writes = writes,
			       .atomic = true };
	s.race = note_locked(s.stripe, word, size, &s.a, &s.other);
	s.clock = stripe_clock_locked(s.stripe, word, &s.common);
	return s;
}

static void end_shared(const struct shared *s)
{
	stripe_unlock(s->stripe, s->irqs);
	if (unlikely(s->race))
		report(s->word, &s->a, &s->other);
}

static u64 read_word(const void *word, u32 size)
{
	return size == 4 ? atomic32_load_relaxed(word)
			 : atomic64_load_relaxed(word);
}

static void write_word(void *word, u32 size, u64 value)
{
	if (size == 4)
		atomic32_store_relaxed(word, (u32)value);
	else
		atomic64_store_relaxed(word, value);
}

/* What a load makes known. */
static void look(const struct shared *s, enum races_order order)
{
	struct known *k = myself();
	clock_join(order == RACES_ACQUIRE ? &k->now : &k->seen, s->clock);
}

/* What a store lets others know: all that a release is behind, or a fence. */
static const struct clock *told(enum races_order order)
{
	struct known *k = myself();
	if (order != RACES_RELEASE)
		return &k->fenced;
	k->now.at[hart_self()->id]++;
	return &k->now;
}

u64 races_load(const void *word, u32 size, enum races_order order)
{
	struct shared s =
		begin_shared(word, size, false, __builtin_return_address(0));
	u64 value = read_word(word, size);
	look(&s, order);
	end_shared(&s);
	return value;
}

void races_store(void *word, u32 size, u64 value, enum races_order order)
{
	struct shared s =
		begin_shared(word, size, true, __builtin_return_address(0));
	if (!s.common)
		*s.clock = (struct clock){ 0 };
	clock_join(s.clock, told(order));
	write_word(word, size, value);
	end_shared(&s);
}

static u64 result_of(enum races_modify how, u64 old, u64 operand)
{
	switch (how) {
	case RACES_ADD:
		return old + operand;
	case RACES_OR:
		return old | operand;
	case RACES_AND:
		return old & operand;
	default:
		return operand;
	}
}

/* What comes behind it comes behind what the word told before, too. */
u64 races_modify(void *word, u32 size, enum races_modify how, u64 operand,
		 enum races_order order)
{
	struct shared s =
		begin_shared(word, size, true, __builtin_return_address(0));
	u64 old = read_word(word, size);
	look(&s, order);
	clock_join(s.clock, told(order));
	write_word(word, size, result_of(how, old, operand));
	end_shared(&s);
	return old;
}

bool races_cas(void *word, u32 size, u64 old, u64 new, enum races_order order)
{
	struct shared s =
		begin_shared(word, size, true, __builtin_return_address(0));
	bool same = read_word(word, size) == old;
	look(&s, same ? order : RACES_RELAXED);
	if (same) {
		clock_join(s.clock, told(order));
		write_word(word, size, new);
	}
	end_shared(&s);
	return same;
}

void races_fence(void)
{
	bool irqs = irqs_enabled();
	irqs_disable();
	struct known *k = myself();
	clock_join(&k->now, &k->seen);
	k->now.at[hart_self()->id]++;
	k->fenced = k->now;
	fence_full();
	if (irqs)
		irqs_enable();
}

void races_hint(void)
{
	spin_hint();
}
