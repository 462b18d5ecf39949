/*
 * What is known about each word of the scenario's data: who touches it, which
 * outlives a run, and what its last store orders, which does not.
 *
 * Only a word that two touch and one of them writes is a place where the
 * schedule can matter; an interrupt handler counts as somebody else.  That is
 * learnt as the runs go on: when a word turns out to be shared, the explorer
 * begins its search again.
 */
#include "machine.h"

#include <base/string.h>

#define LISTED_MAX 4096
#define HANDLER (1u << MODEL_HARTS)

struct word {
	struct clock clock; /* of this run */
	bool listed;
	u8 touched; /* bit per hart, and HANDLER */
	bool written, shared, quiet;
};

/* Kept outside of the program's data. */
static struct words {
	char *start, *end;
	u32 learnt, listed;
	bool all;                      /* taken for shared */
	struct word *list[LISTED_MAX]; /* that ever had a clock */
	struct word word[];
} * words;

size_t words_size(void *start, void *end)
{
	return sizeof(struct words) +
	       (size_t)((char *)end - (char *)start) / 4 * sizeof(struct word);
}

void words_init(void *start, void *end, void *memory)
{
	words = memory;
	words->start = start;
	words->end = end;
}

u32 words_learnt(void)
{
	return words->learnt;
}

static struct word *find(const void *address)
{
	const char *a = address;
	if (a < words->start || a >= words->end)
		return NULL;
	return &words->word[(a - words->start) / 4];
}

void words_quiet(const void *start, size_t size)
{
	for (size_t i = 0; i < size; i += 4)
		find((const char *)start + i)->quiet = true;
}

static bool meets_handler(const struct word *w)
{
	return w->shared && (w->touched & HANDLER);
}

/* What changes where questions are asked is something learnt. */
static void learn(struct word *w, u8 who, bool writes)
{
	bool shared = w->shared, met = meets_handler(w);
	w->touched |= who;
	w->written |= writes;
	w->shared = w->written && (w->touched & (w->touched - 1));
	words->learnt += w->shared != shared || meets_handler(w) != met;
}

/* Notes the access of the hart that runs; its address is in static data. */
struct word *words_access(const void *address, bool writes)
{
	struct machine_hart *h = machine.current;
	struct word *w = find(address);
	if (!w)
		model_failed("a shared word at %p, which is not in static data",
			     address);
	if (!w->quiet)
		learn(w, h->handling ? HANDLER : (u8)(1u << machine_self()),
		      writes);
	return w;
}

bool word_is_shared(const struct word *w)
{
	return w->shared || words->all;
}

bool word_meets_handler(const struct word *w)
{
	return meets_handler(w) || words->all;
}

void words_take_all(bool all)
{
	words->all = all;
}

bool word_is_quiet(const struct word *w)
{
	return w->quiet;
}

const struct clock *word_clock(const struct word *w)
{
	return &w->clock;
}

void word_set_clock(struct word *w, const struct clock *c)
{
	if (!w->listed && words->listed == LISTED_MAX)
		model_failed("more than %u shared words", LISTED_MAX);
	if (!w->listed)
		words->list[words->listed++] = w;
	w->listed = true;
	aside_set(&w->clock, c);
}

/* The sum, for the list is in another order each time. */
u64 words_digest(void)
{
	u64 digest = 0;
	for (u32 i = 0; i < words->listed; i++) {
		const struct word *w = words->list[i];
		u64 known = order_digest_clock(&w->clock);
		if (known)
			digest += (known ^ (u64)w) * 0x9e3779b97f4a7c15ul;
	}
	return digest;
}
