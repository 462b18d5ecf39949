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

#define HANDLER (1u << MODEL_HARTS)

struct word {
	struct clock clock; /* of run `run` */
	u32 run;
	u8 touched; /* bit per hart, and HANDLER */
	bool written, shared, quiet;
};

/* Kept outside of the program's data. */
static struct words {
	char *start, *end;
	u32 run, learnt;
	bool all; /* taken for shared */
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

void words_begin_run(void)
{
	words->run++;
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

static void learn(struct word *w, u8 who, bool writes)
{
	w->touched |= who;
	w->written |= writes;
	if (!w->shared && w->written && (w->touched & (w->touched - 1))) {
		w->shared = true;
		words->learnt++;
	}
}

/* Notes the access of the hart that runs; its address is in static data. */
struct word *words_access(const void *address, bool writes)
{
	struct machine_hart *h = machine.current;
	struct word *w = find(address);
	if (!w)
		model_failed("a shared word at %p, which is not in static data",
			     address);
	if (w->run != words->run) {
		w->run = words->run;
		w->clock = (struct clock){ 0 };
	}
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
	return (w->shared && (w->touched & HANDLER)) || words->all;
}

void words_take_all(bool all)
{
	words->all = all;
}

bool word_is_quiet(const struct word *w)
{
	return w->quiet;
}

struct clock *word_clock(struct word *w)
{
	return &w->clock;
}
