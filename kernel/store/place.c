#include <base/crc32c.h>
#include <base/string.h>
#include <diag/check.h>
#include <mem/frame.h>
#include <store/place.h>
#include <store/record.h>

#define SECTORS (FORMAT_BLOCK / FORMAT_SECTOR) /* in a block */

/* Immutable after boot. */
static u64 home_start[OK_COUNT];
static u64 info_start, info_blocks, pages;

static struct disk_info *info; /* by OID, under the store lock */
static bool *changed;          /* by block of it, likewise */

_Static_assert(sizeof(struct disk_info_sector) == FORMAT_SECTOR,
	       "page information comes in sectors");

u64 place_per_block(enum obj_kind kind)
{
	static const u64 per[] = {
		[OK_PAGE] = 1,
		[OK_NODE] = NODES_PER_POT,
		[OK_PROCESS] = PROCS_PER_POT,
	};
	return per[kind];
}

u64 place_home_block(enum obj_kind kind, u64 oid)
{
	return home_start[kind] + oid / place_per_block(kind);
}

u32 place_home_index(enum obj_kind kind, u64 oid)
{
	return (u32)(oid % place_per_block(kind));
}

static struct place home(enum obj_kind kind, u64 oid)
{
	struct place at = {
		.block = place_home_block(kind, oid),
		.index = place_home_index(kind, oid),
	};
	if (kind != OK_PAGE)
		return at;
	at.version = info[oid].version;
	at.crc = info[oid].crc;
	if (!at.version && !at.crc)
		at.block = 0;
	return at;
}

struct place place_find_locked(enum obj_kind kind, u64 oid)
{
	struct log_entry *e = log_find_locked(LOG_NEXT, kind, oid);
	if (!e)
		e = log_find_locked(LOG_STABLE, kind, oid);
	return e ? e->at : home(kind, oid);
}

void place_note_home_locked(u64 oid, const struct place *at)
{
	info[oid] = (struct disk_info){ at->version, at->crc };
	changed[oid / INFO_PER_BLOCK] = true;
}

static u32 sector_crc(struct disk_info_sector *s)
{
	u32 stored = s->crc;
	s->crc = 0;
	u32 crc = disk_crc(s, sizeof(*s));
	s->crc = stored;
	return crc;
}

static bool is_null(const struct disk_info_sector *s)
{
	const u64 *words = (const u64 *)s;
	for (unsigned i = 0; i < sizeof(*s) / sizeof(*words); i++)
		if (words[i])
			return false;
	return true;
}

static bool sector_is_sound(struct disk_info_sector *s)
{
	return s->crc ? sector_crc(s) == s->crc : is_null(s);
}

/* The pages that one sector is about: the first, and how many there are. */
static u64 sector_pages(u64 sector, u64 *first)
{
	*first = sector * INFO_PER_SECTOR;
	return *first < pages ? MIN(pages - *first, INFO_PER_SECTOR) : 0;
}

static void read_sector(struct disk_info_sector *s, u64 sector)
{
	u64 first, n = sector_pages(sector, &first);
	if (!sector_is_sound(s))
		panic("image", "the page information is damaged: bad checksum "
			       "in sector %lu of block %lu",
		      sector % SECTORS,
		      info_start + sector / SECTORS);
	memcpy(&info[first], s->page, n * sizeof(info[0]));
}

static void write_sector(struct disk_info_sector *s, u64 sector)
{
	u64 first, n = sector_pages(sector, &first);
	memset(s, 0, sizeof(*s));
	memcpy(s->page, &info[first], n * sizeof(info[0]));
	if (!is_null(s))
		s->crc = sector_crc(s);
}

void place_init(const struct disk_root *root, void *(*read)(u64 block))
{
	pages = root->objects[OK_PAGE];
	info_start = root->info_start;
	info_blocks = (pages + INFO_PER_BLOCK - 1) / INFO_PER_BLOCK;
	for (unsigned kind = 0; kind < OK_COUNT; kind++)
		home_start[kind] = root->home_start[kind];
	info = frames_carve(info_blocks * INFO_PER_BLOCK * sizeof(*info),
			    "page information");
	changed = frames_carve(info_blocks * sizeof(*changed), "page information");
	for (u64 i = 0; i < info_blocks; i++) {
		struct disk_info_sector *s = read(info_start + i);
		for (unsigned k = 0; k < SECTORS; k++)
			read_sector(&s[k], i * SECTORS + k);
	}
}

u64 place_next_info_locked(u64 *i, void *out)
{
	struct disk_info_sector *s = out;
	while (*i < info_blocks && !changed[*i])
		++*i;
	if (*i == info_blocks)
		return 0;
	changed[*i] = false;
	for (unsigned k = 0; k < SECTORS; k++)
		write_sector(&s[k], *i * SECTORS + k);
	return info_start + *i;
}

bool place_info_is_done(u64 i)
{
	return i == info_blocks;
}
