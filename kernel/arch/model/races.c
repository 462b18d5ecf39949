/*
 * Plain accesses.  The compiler calls these functions before each one
 * (-fsanitize=thread); two to one byte by two harts, one of them a write, must
 * be ordered by locks, acquire and release, or fences: otherwise it is a data
 * race, whatever came of it.  Sources: Lamport's happens-before, by vector
 * clocks; as in ThreadSanitizer, cells of 8 bytes with a mask.
 */
#include "machine.h"

struct seen {
	u32 at;   /* the hart's own clock at its last access */
	u32 mask; /* the bytes */
	const void *pc;
};

struct cell {
	struct seen read[MODEL_HARTS], write[MODEL_HARTS];
};

/* Kept outside of the program's data. */
static struct cells {
	char *start, *end;
	struct cell cell[];
} * cells;

size_t races_size(void *start, void *end)
{
	return sizeof(struct cells) +
	       ((size_t)((char *)end - (char *)start) / 8 + 1) *
		       sizeof(struct cell);
}

void races_init(void *start, void *end, void *memory)
{
	cells = memory;
	cells->start = (char *)((u64)start & ~7ul);
	cells->end = end;
}

/* The access that this one is not ordered behind, or NULL. */
static const struct seen *unordered(const struct seen *by, u8 mask, u32 *hart)
{
	const struct clock *now = &machine.current->now;
	for (u32 i = 0; i < machine.harts; i++)
		if (i != machine_self() && by[i].at > now->at[i] &&
		    (by[i].mask & mask)) {
			*hart = i;
			return &by[i];
		}
	return NULL;
}

static void note(struct seen *s, u32 mask, const void *pc)
{
	u32 at = machine.current->now.at[machine_self()];
	if (s->at == at)
		mask |= s->mask;
	if (s->at == at && s->mask == mask)
		return;
	if (s->at)
		order_remove(machine_self(), s->at, s, s->mask);
	order_add(machine_self(), at, s, mask);
	aside_set(s, &(struct seen){ .at = at, .mask = mask, .pc = pc });
}

static void check(struct cell *c, const char *a, u8 mask, bool writes,
		  const void *pc)
{
	u32 hart;
	const struct seen *s = unordered(c->write, mask, &hart);
	bool wrote = s != NULL;
	if (!s && writes)
		s = unordered(c->read, mask, &hart);
	if (s)
		model_failed(
			"a data race: hart %u %s <data %lx> in <code %lx>, "
			"hart %u %s it in <code %lx>, and nothing orders "
			"the two",
			hart, wrote ? "writes" : "reads", (u64)a, (u64)s->pc,
			machine_self(), writes ? "writes" : "reads", (u64)pc);
	note(&(writes ? c->write : c->read)[machine_self()], mask, pc);
}

static void plain(const char *a, size_t size, bool writes, const void *pc)
{
	if (!machine.on || a < cells->start || a >= cells->end)
		return;
	harts_step(pc);
	if (word_meets_handler(words_access(a, writes)))
		harts_point(false);
	for (const char *end = a + size; a < end;) {
		u64 first = (u64)a & 7;
		u64 n = MIN((u64)(end - a), 8 - first);
		u8 mask = (u8)(((1u << n) - 1) << first);
		check(&cells->cell[(a - cells->start) / 8], a, mask, writes,
		      pc);
		a += n;
	}
}

#define HOOK(name, size, writes)                                     \
	void name(void *a);                                          \
	void name(void *a)                                           \
	{                                                            \
		plain(a, size, writes, __builtin_return_address(0)); \
	}

#define HOOKS(size)                                    \
	HOOK(__tsan_read##size, size, false)           \
	HOOK(__tsan_write##size, size, true)           \
	HOOK(__tsan_unaligned_read##size, size, false) \
	HOOK(__tsan_unaligned_write##size, size, true)

HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)

#define RANGE(name, writes)                                          \
	void name(void *a, size_t size);                             \
	void name(void *a, size_t size)                              \
	{                                                            \
		plain(a, size, writes, __builtin_return_address(0)); \
	}

RANGE(__tsan_read_range, false)
RANGE(__tsan_write_range, true)

void __tsan_init(void);
void __tsan_init(void)
{
}
