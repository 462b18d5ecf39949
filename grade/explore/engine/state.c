/*
 * States: all that decides what can still happen.  That is the program's data
 * and the stacks of the harts, with what the model keeps aside.  A state can be
 * saved and gone back to; and two are the same if their digests are.
 */
#include "engine.h"

#include <string.h>

#include <explore.h>

#define CHUNK 256ul
#define SAVED_MAX (512ul << 20)
#define ROOM (2ul << 20) /* more than all stacks together */

extern char __data_start[], _end[];

/* Allocated: putting back the program's data leaves it alone. */
static struct state {
	size_t size;     /* of the program's data */
	char *begin;     /* as it is when a run begins */
	u64 *mask;       /* which bits of it count */
	u64 *all;        /* a mask of ones */
	char *seen;      /* the data of the last digest, */
	u64 *part, data; /* that of each chunk of it, and their sum */
	size_t chunks;
	char *saved; /* on top of each other */
	size_t used;
} * state;

/* On top of the saved data: what else goes with it. */
struct rest {
	u64 aside;
	size_t stack[MODEL_HARTS];
};

/* What clocks say has a digest of its own. */
static void quiet_clocks(const struct machine_hart *h)
{
	for (u32 i = 0; i < STORES_MAX; i++)
		state_quiet(&h->store[i].clock, sizeof(struct clock));
	state_quiet(&h->raiser, sizeof(struct clock));
	state_quiet(&h->now, sizeof(struct clock));
	state_quiet(&h->fenced, sizeof(struct clock));
	state_quiet(&h->seen, sizeof(struct clock));
	state_quiet(&h->pc, sizeof(h->pc));
}

void state_init(void)
{
	state = allocate(sizeof(*state));
	state->size = ROUND_UP((size_t)(_end - __data_start), sizeof(u64));
	state->chunks = state->size / CHUNK + 1;
	state->begin = allocate(state->size);
	state->mask = allocate(state->chunks * CHUNK);
	state->seen = allocate(state->chunks * CHUNK);
	state->part = allocate(state->chunks * sizeof(u64));
	state->all = allocate(ROOM);
	memset(state->all, 0xff, ROOM);
	state->saved = allocate(SAVED_MAX);
	memset(state->mask, 0xff, state->size);
	state_quiet(&machine.streak,
		    sizeof(machine) - offsetof(struct machine, streak));
	for (u32 i = 0; i < MODEL_HARTS; i++)
		quiet_clocks(&machine.hart[i]);
}

/* These bytes decide nothing. */
void state_quiet(const void *start, size_t size)
{
	memset((char *)state->mask + ((const char *)start - __data_start), 0,
	       size);
}

void state_restore_begin(void)
{
	memcpy(__data_start, state->begin, state->size);
	aside_put_back(0);
}

/*
 * What a hart has on its stack; nothing, if it will not go on.  One that ends
 * still asks who goes on instead.
 */
static size_t stack_used(const struct machine_hart *h)
{
	if (!h->begun || (h->standing == ENDED && h != machine.current))
		return 0;
	return (size_t)((char *)h->top - (char *)h->context);
}

bool state_has_room(void)
{
	return state->used + state->size + ROOM < SAVED_MAX;
}

size_t state_saved(void)
{
	return state->used;
}

size_t state_save(void)
{
	size_t at = state->used;
	struct rest rest = { .aside = aside_changes() };
	char *to = state->saved + at;
	memcpy(to, __data_start, state->size);
	to += state->size + sizeof(rest);
	for (u32 i = 0; i < machine.harts; i++) {
		rest.stack[i] = stack_used(&machine.hart[i]);
		memcpy(to, machine.hart[i].context, rest.stack[i]);
		to += rest.stack[i];
	}
	memcpy(state->saved + at + state->size, &rest, sizeof(rest));
	state->used = (size_t)(to - state->saved);
	return at;
}

void state_restore(size_t saved)
{
	struct rest rest;
	const char *from = state->saved + saved;
	memcpy(__data_start, from, state->size);
	memcpy(&rest, from + state->size, sizeof(rest));
	aside_put_back(rest.aside);
	from += state->size + sizeof(rest);
	for (u32 i = 0; i < machine.harts; i++) {
		memcpy(machine.hart[i].context, from, rest.stack[i]);
		from += rest.stack[i];
	}
}

void state_drop(size_t saved)
{
	state->used = saved;
}

#define PRIME 0x9e3779b97f4a7c15ul

static inline u64 mix(u64 lane, u64 word)
{
	u64 d = lane ^ word;
	return ((d << 29) | (d >> 35)) * PRIME;
}

/* Four at a time, for they wait for nothing of each other. */
static u64 digest_words(u64 seed, const u64 *word, const u64 *mask, size_t n)
{
	u64 a = seed, b = a + 1, c = a + 2, d = a + 3;
	size_t i = 0;
	for (; i + 4 <= n; i += 4) {
		a = mix(a, word[i] & mask[i]);
		b = mix(b, word[i + 1] & mask[i + 1]);
		c = mix(c, word[i + 2] & mask[i + 2]);
		d = mix(d, word[i + 3] & mask[i + 3]);
	}
	for (; i < n; i++)
		a = mix(a, word[i] & mask[i]);
	a = mix(mix(mix(a, b), c), d);
	return a ^ a >> 32;
}

/* The last may be smaller. */
static size_t chunk_size(size_t i)
{
	return MIN(CHUNK, state->size - i * CHUNK);
}

static void digest_chunk(size_t i, size_t size)
{
	u64 new = digest_words(i, (const u64 *)(state->seen + i * CHUNK),
			       state->mask + i * CHUNK / sizeof(u64),
			       size / sizeof(u64));
	state->data += new - state->part[i];
	state->part[i] = new;
}

void state_begin(void)
{
	memcpy(state->begin, __data_start, state->size);
	memcpy(state->seen, __data_start, state->size);
	for (size_t i = 0; i < state->chunks; i++)
		digest_chunk(i, chunk_size(i));
}

/* The digest of the data is kept, and what has changed of it made anew. */
u64 state_digest_data(void)
{
	for (size_t i = 0; i < state->chunks; i++) {
		const char *now = __data_start + i * CHUNK;
		char *then = state->seen + i * CHUNK;
		size_t size = chunk_size(i);
		if (memcmp(then, now, size) == 0)
			continue;
		memcpy(then, now, size);
		digest_chunk(i, size);
	}
	return mix(state->data, order_digest());
}

u64 state_digest(void)
{
	u64 digest = state_digest_data();
	for (u32 h = 0; h < machine.harts; h++)
		digest = mix(digest, digest_words(h, machine.hart[h].context,
						  state->all,
						  stack_used(&machine.hart[h]) /
							  sizeof(u64)));
	return digest ^ digest >> 32;
}
