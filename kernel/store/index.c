#include <base/crc32c.h>
#include <base/string.h>
#include <diag/check.h>
#include <mem/frame.h>
#include <store/record.h>
#include <store/root.h>
#include <store/index.h>

#define ENTRIES_PER_BLOCK (FORMAT_BLOCK / sizeof(struct disk_entry))
#define LIST_PER_BLOCK (FORMAT_BLOCK / sizeof(u64))

static u64 *list;               /* OIDs of the processes */
static u64 list_count;
static paddr_t frame;           /* the block that is written; immutable */
static u64 dir_position, list_position;
static u64 next_block, listed;  /* what was made so far */
static struct log_entry *last;

void index_init(void)
{
	list_position = root.list_at +
			(root.list_at < root.log_tail ? root.log_blocks : 0);
	list = frames_carve(log_list_blocks() * FORMAT_BLOCK, "process list");
	void *block = frames_carve(FORMAT_BLOCK, "tables");
	frame = direct_paddr(block);
}

void index_begin_list(void)
{
	list_count = 0;
}

void index_list(u64 oid)
{
	kassert(list_count < log_list_blocks() * LIST_PER_BLOCK);
	list[list_count++] = oid;
}

u64 index_list_position(void)
{
	return list_position;
}

/* So many blocks in a row (round the log's end); the first one's position. */
static u64 take_row(u64 n)
{
	u64 position = log_head_locked();
	while (n--)
		log_take_locked(LOG_STABLE);
	return position;
}

void index_place_locked(void)
{
	u64 entries = log_entries_locked(LOG_STABLE);
	dir_position = take_row((entries + ENTRIES_PER_BLOCK - 1) /
				ENTRIES_PER_BLOCK);
	list_position = take_row((list_count + LIST_PER_BLOCK - 1) /
				 LIST_PER_BLOCK);
	next_block = dir_position;
	listed = 0;
	last = NULL;
	root.dir_at = dir_position % root.log_blocks;
	root.dir_entries = entries;
	root.dir_crc = 0;
	root.list_at = list_position % root.log_blocks;
	root.list_entries = list_count;
	root.list_crc = 0;
	root.log_tail = log_tail_locked() % root.log_blocks;
	root.log_head = log_head_locked() % root.log_blocks;
}

void index_forget_locked(void)
{
	root.dir_entries = 0;
	root.dir_crc = disk_crc_of(0);
	root.log_tail = root.list_at;
}

static void fill_entry(struct disk_entry *d, const struct log_entry *e)
{
	d->oid = e->oid;
	d->block = e->at.block;
	d->version = e->at.version;
	d->crc = e->at.crc;
	d->kind = e->kind;
	d->index = (u8)e->at.index;
}

static void fill_directory(struct disk_entry *d)
{
	u64 n = 0;
	for (; n < ENTRIES_PER_BLOCK; n++) {
		struct log_entry *e = log_after_locked(LOG_STABLE, last);
		if (!e)
			break;
		fill_entry(&d[n], e);
		last = e;
	}
	root.dir_crc = crc32c_more(root.dir_crc, d, n * sizeof(*d));
}

static void fill_list(u64 *block)
{
	u64 n = MIN(list_count - listed, LIST_PER_BLOCK);
	memcpy(block, &list[listed], n * sizeof(*list));
	root.list_crc = crc32c_more(root.list_crc, block, n * sizeof(*list));
	listed += n;
}

bool index_next_locked(struct disk_request *r)
{
	void *block = direct(frame);
	if (next_block >= list_position && listed == list_count) {
		root.dir_crc = disk_crc_of(root.dir_crc);
		root.list_crc = disk_crc_of(root.list_crc);
		return false;
	}
	memset(block, 0, FORMAT_BLOCK);
	if (next_block < list_position)
		fill_directory(block);
	else
		fill_list(block);
	r->op = DISK_WRITE;
	r->block = log_block(next_block++);
	r->memory = frame;
	return true;
}
