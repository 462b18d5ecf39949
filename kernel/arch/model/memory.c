/* Shared words: store buffers, and what each access orders. */
#include "machine.h"

#include <base/string.h>

static u64 raw_read(const void *word, u32 size)
{
	u64 value = 0; /* little endian */
	memcpy(&value, word, size);
	return value;
}

static void raw_write(void *word, u32 size, u64 value)
{
	if (raw_read(word, size) != value)
		harts_disturb(word);
	memcpy(word, &value, size);
}

static void buffer_remove(struct machine_hart *h, u32 i)
{
	h->stores--;
	for (; i < h->stores; i++)
		h->store[i] = h->store[i + 1];
	h->store[i] = (struct buffered){ 0 };
}

/* Whether an older store must be in memory before a younger one. */
static bool is_behind(const struct buffered *younger,
		      const struct buffered *older)
{
	return younger->release || younger->word == older->word;
}

/* The oldest store to the word, or the youngest; -1 if there is none. */
static int find_store(const struct machine_hart *h, const void *word,
		      bool youngest)
{
	int found = -1;
	for (u32 i = 0; i < h->stores && (found < 0 || youngest); i++)
		if (h->store[i].word == word)
			found = (int)i;
	return found;
}

static void drain(struct machine_hart *h, u32 i);

/* Nothing comes between what a modify found and what it stores. */
static void drain_modify(const void *word)
{
	for (u32 k = 0; k < machine.harts; k++) {
		struct machine_hart *h = &machine.hart[k];
		int i = find_store(h, word, false);
		if (i >= 0 && h->store[i].modify)
			drain(h, (u32)i);
	}
}

/* The i-th store of a hart reaches memory, after those it is behind. */
static void drain(struct machine_hart *h, u32 i)
{
	for (u32 k = 0; k < i;) {
		if (is_behind(&h->store[i], &h->store[k])) {
			u32 before = h->stores;
			drain(h, k);
			i -= before - h->stores;
			k = 0;
		} else {
			k++;
		}
	}
	struct buffered s = h->store[i];
	buffer_remove(h, i);
	if (!s.modify)
		drain_modify(s.word);
	tell(TELL_DRAIN, s.word, s.value, (u64)(h - machine.hart));
	raw_write(s.word, s.size, s.value);
	word_set_clock(words_access(s.word, true), &s.clock);
}

static void drain_all(struct machine_hart *h)
{
	while (h->stores)
		drain(h, 0);
}

bool memory_drain_all(void)
{
	bool any = false;
	for (u32 i = 0; i < machine.harts; i++) {
		any |= machine.hart[i].stores != 0;
		drain_all(&machine.hart[i]);
	}
	return any;
}

static void drain_word(struct machine_hart *h, const void *word)
{
	int i;
	while ((i = find_store(h, word, false)) >= 0)
		drain(h, (u32)i);
}

/*
 * What other harts have stored to the word: seen by this hart, or not yet.
 * Who writes comes behind a modify, of which nothing can be in the middle.
 */
static void see_others(const void *word, bool writes)
{
	for (u32 k = 0; k < machine.harts; k++) {
		struct machine_hart *h = &machine.hart[k];
		int i;
		u8 seen = 0;
		while (h != machine.current &&
		       (i = find_store(h, word, false)) >= 0) {
			const struct choice c[] = {
				{ CHOICE_GO_ON, (u8)machine_self(), 0, 0 },
				{ CHOICE_LATE, (u8)machine_self(),
				  (u8)(k + MODEL_HARTS * seen++), 1 },
			};
			bool whole = writes && h->store[i].modify;
			if (!whole && model_choose(c, 2)) {
				tell(TELL_LATE, word, h->store[i].value, k);
				break;
			}
			drain(h, (u32)i);
		}
	}
}

/* Before each access: others may come first.  False: nobody minds the word. */
static struct word *access(const void *word, bool writes, const void *pc)
{
	struct word *w = words_access(word, writes);
	if (word_is_quiet(w))
		return NULL;
	harts_step(pc);
	if (word_is_shared(w))
		harts_point(true);
	machine.pc = pc;
	return w;
}

/* Full, the oldest leaves. */
static void buffer(const struct buffered *s)
{
	struct machine_hart *h = machine.current;
	if (h->stores == STORES_MAX)
		drain(h, 0);
	h->store[h->stores++] = *s;
	if (raw_read(s->word, s->size) != s->value)
		harts_disturb(s->word);
}

u64 model_load(const void *word, u32 size, enum model_order order)
{
	struct machine_hart *h = machine.current;
	struct word *w;
	if (!machine.on ||
	    !(w = access(word, false, __builtin_return_address(0))))
		return raw_read(word, size);
	harts_watch(word);
	int own = find_store(h, word, true);
	u64 value;
	if (own >= 0) {
		value = h->store[own].value;
	} else {
		see_others(word, false);
		value = raw_read(word, size);
		clock_join(order == MODEL_ACQUIRE ? &h->now : &h->seen,
			   word_clock(w));
	}
	tell(TELL_LOAD, word, value, 0);
	return value;
}

void model_store(void *word, u32 size, u64 value, enum model_order order)
{
	struct machine_hart *h = machine.current;
	bool release = order == MODEL_RELEASE;
	if (!machine.on || !access(word, true, __builtin_return_address(0))) {
		raw_write(word, size, value);
		return;
	}
	see_others(word, true);
	tell(TELL_STORE, word, value, release);
	buffer(&(struct buffered){
		.word = word,
		.value = value,
		.size = size,
		.release = release,
		.clock = release ? h->now : h->fenced,
	});
	if (release)
		h->now.at[machine_self()]++;
}

/*
 * What is ordered behind it is ordered behind both.  With acquire it is in
 * memory at once; else later loads may come before it, so it is buffered.
 */
static void modify(struct word *w, void *word, u32 size, u64 value,
		   enum model_order order)
{
	struct machine_hart *h = machine.current;
	struct buffered s = { .word = word,
			      .value = value,
			      .size = size,
			      .release = order == MODEL_RELEASE,
			      .modify = true,
			      .clock = *word_clock(w) };
	clock_join(order == MODEL_ACQUIRE ? &h->now : &h->seen, &s.clock);
	clock_join(&s.clock, s.release ? &h->now : &h->fenced);
	if (s.release)
		h->now.at[machine_self()]++;
	if (order == MODEL_ACQUIRE) {
		word_set_clock(w, &s.clock);
		raw_write(word, size, value);
	} else {
		buffer(&s);
	}
}

static u64 result_of(enum model_modify how, u64 old, u64 operand)
{
	switch (how) {
	case MODEL_ADD:
		return old + operand;
	case MODEL_OR:
		return old | operand;
	case MODEL_AND:
		return old & operand;
	default:
		return operand;
	}
}

/* What a modify finds: own stores to the word come first. */
static u64 settle(void *word, u32 size)
{
	harts_watch(word);
	drain_word(machine.current, word);
	see_others(word, true);
	return raw_read(word, size);
}

u64 model_modify(void *word, u32 size, enum model_modify how, u64 operand,
		 enum model_order order)
{
	u64 mask = size == 4 ? ~0u : ~0ul;
	struct word *w;
	if (!machine.on ||
	    !(w = access(word, true, __builtin_return_address(0)))) {
		u64 old = raw_read(word, size);
		raw_write(word, size, result_of(how, old, operand) & mask);
		return old;
	}
	u64 old = settle(word, size);
	u64 new = result_of(how, old, operand) & mask;
	tell(TELL_MODIFY, word, new, old);
	modify(w, word, size, new, order);
	return old;
}

bool model_cas(void *word, u32 size, u64 old, u64 new, enum model_order order)
{
	struct word *w;
	if (!machine.on ||
	    !(w = access(word, true, __builtin_return_address(0)))) {
		bool same = raw_read(word, size) == old;
		if (same)
			raw_write(word, size, new);
		return same;
	}
	u64 found = settle(word, size);
	tell(found == old ? TELL_CAS : TELL_CAS_FAILS, word, new, found);
	/* Its store is in memory before the hart goes on, whatever the order. */
	if (found == old) {
		modify(w, word, size, new, order);
		drain_word(machine.current, word);
	} else {
		clock_join(&machine.current->seen, word_clock(w));
	}
	return found == old;
}

void model_fence(void)
{
	struct machine_hart *h = machine.current;
	if (!machine.on)
		return;
	machine.step++;
	tell(TELL_FENCE, NULL, 0, 0);
	drain_all(h);
	clock_join(&h->now, &h->seen);
	h->fenced = h->now;
	h->now.at[machine_self()]++;
}
