/* What is known of states, by digest: entries in order, and an index of them. */
#include "engine.h"

#include <string.h>

#define ENTRIES_MAX (1u << 22)
#define PLACES_MIN (1u << 12)
#define PLACES_MAX (2 * ENTRIES_MAX)

/* Allocated: putting back the program's data leaves it alone. */
static struct table {
	struct known *entry;
	u32 *index; /* 1 + the place of an entry, or 0 */
	u32 count, places;
} * table;

void table_init(void)
{
	table = allocate(sizeof(*table));
	table->entry = allocate(ENTRIES_MAX * sizeof(struct known));
	table->index = allocate(PLACES_MAX * sizeof(u32));
	table->places = PLACES_MIN;
}

void table_clear(void)
{
	memset(table->index, 0, table->places * sizeof(u32));
	table->count = 0;
}

/* Where the digest is in the index, or is to be. */
static u32 *place_of(u64 digest)
{
	u32 i = (u32)digest & (table->places - 1);
	while (table->index[i] &&
	       table->entry[table->index[i] - 1].digest != digest)
		i = (i + 1) & (table->places - 1);
	return &table->index[i];
}

u32 table_find(u64 digest)
{
	return *place_of(digest) - 1;
}

static void grow(void)
{
	memset(table->index, 0, table->places * sizeof(u32));
	table->places *= 2;
	for (u32 i = 0; i < table->count; i++)
		*place_of(table->entry[i].digest) = i + 1;
}

u32 table_add(u64 digest)
{
	if (table->count == ENTRIES_MAX)
		return NOT_KNOWN;
	if (table->count * 2 >= table->places)
		grow();
	table->entry[table->count] = (struct known){ .digest = digest };
	*place_of(digest) = ++table->count;
	return table->count - 1;
}

struct known *table_at(u32 place)
{
	return &table->entry[place];
}

u32 table_count(void)
{
	return table->count;
}

bool table_is_full(void)
{
	return table->count == ENTRIES_MAX;
}
