#include <base/string.h>
#include <diag/check.h>
#include <diag/log.h>
#include <mem/frame.h>
#include <store/record.h>
#include <store/root.h>

_Static_assert(FORMAT_BLOCK == DISK_BLOCK, "the disk's blocks are the format's");

struct disk_root root;

static paddr_t frame; /* the block that is written; immutable */

/* Its CRC is of the whole block, with the CRC itself 0. */
static u32 block_crc(struct disk_root *r)
{
	u32 stored = r->crc;
	r->crc = 0;
	u32 crc = disk_crc(r, FORMAT_BLOCK);
	r->crc = stored;
	return crc;
}

static bool is_written(const struct disk_root *r)
{
	return r->magic || r->version || r->crc;
}

/* The slot may hold anything.  True: it holds a root. */
static bool look_at_slot(struct disk_root *r, u64 slot, u32 *version)
{
	if (r->magic == FORMAT_MAGIC && r->version != FORMAT_VERSION)
		*version = r->version;
	bool sound = r->magic == FORMAT_MAGIC && block_crc(r) == r->crc;
	if (is_written(r) && !sound)
		log_printf("image: root %lu is damaged\n", slot);
	return sound && r->version == FORMAT_VERSION &&
	       r->sequence % 2 == slot;
}

static void choose(void *(*read)(u64 block))
{
	bool found = false;
	u32 version = FORMAT_VERSION;
	for (u64 i = 0; i < 2 && i < disk_blocks(); i++) {
		struct disk_root *r = read(i);
		if (!look_at_slot(r, i, &version) ||
		    (found && r->sequence <= root.sequence))
			continue;
		root = *r;
		found = true;
	}
	if (!found && version != FORMAT_VERSION)
		panic("image", "format version %u, this kernel reads %u: make "
			       "a new disk, or use the kernel it was made with",
		      version, FORMAT_VERSION);
	if (!found)
		panic("image", "no valid root: this is no image, or it is "
			       "damaged");
}

/* A range of blocks lies behind `from` and inside the image. */
static void check_range(u64 start, u64 n, u64 from, const char *what)
{
	if (start < from || start > root.blocks || n > root.blocks - start)
		panic("image", "%s lies outside: blocks %lu to %lu of %lu",
		      what, start, start + n, root.blocks);
}

static u64 ceiling(u64 n, u64 per)
{
	return n / per + (n % per != 0);
}

static void check_places(void)
{
	const u64 *n = root.objects;
	if (root.blocks > disk_blocks())
		panic("image", "%lu blocks, but the disk has only %lu: it is cut "
			       "off",
		      root.blocks, disk_blocks());
	if (root.list_entries > n[OK_PROCESS])
		panic("image", "%lu processes are listed, there are %lu",
		      root.list_entries, n[OK_PROCESS]);
	if (root.journal_slots > root.blocks)
		panic("image", "a journal of %lu slots", root.journal_slots);
	check_range(root.journal_start, root.journal_slots * 2, 2,
		    "the journal");
	check_range(root.info_start, ceiling(n[OK_PAGE], INFO_PER_BLOCK), 2,
		    "the page information");
	check_range(root.home_start[OK_PAGE], n[OK_PAGE], 2,
		    "the pages' home");
	check_range(root.home_start[OK_NODE], ceiling(n[OK_NODE], NODES_PER_POT),
		    2, "the nodes' home");
	check_range(root.home_start[OK_PROCESS],
		    ceiling(n[OK_PROCESS], PROCS_PER_POT), 2,
		    "the processes' home");
	check_range(root.log_start, root.log_blocks, 2, "the log");
	if (root.log_tail >= root.log_blocks || root.log_head >= root.log_blocks)
		panic("image", "the log's ends lie outside");
}

void root_read(void *(*read)(u64 block))
{
	void *block = frames_carve(FORMAT_BLOCK, "root");
	frame = direct_paddr(block);
	choose(read);
	check_places();
}

void root_write(struct disk_request *r)
{
	struct disk_root *block = direct(frame);
	root.sequence++;
	memset(block, 0, FORMAT_BLOCK);
	*block = root;
	block->crc = block_crc(block);
	r->op = DISK_WRITE;
	r->block = root.sequence % 2;
	r->memory = frame;
}
