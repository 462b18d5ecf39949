/*
 * What is kept aside: clocks of words, and who touched which data when.  It is
 * many times as large as the data it is about, and little of it changes between
 * two questions; so changes are listed, and undone one by one.
 */
#include "machine.h"

#define CHANGES_MAX (8ul << 20)

struct piece {
	u64 half[2];
};

static struct changes {
	u64 count;
	struct change {
		struct piece *where, old;
	} change[];
} * changes;

size_t aside_size(void)
{
	return sizeof(struct changes) + CHANGES_MAX * sizeof(struct change);
}

void aside_init(void *memory)
{
	changes = memory;
}

u64 aside_changes(void)
{
	return changes->count;
}

void aside_set(void *piece, const void *value)
{
	struct piece *where = piece;
	if (changes->count == CHANGES_MAX)
		model_out_of_steps();
	changes->change[changes->count++] = (struct change){ where, *where };
	*where = *(const struct piece *)value;
}

void aside_put_back(u64 mark)
{
	while (changes->count > mark) {
		const struct change *c = &changes->change[--changes->count];
		*c->where = c->old;
	}
}
