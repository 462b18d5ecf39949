/* Boot: the roots, the directory, the pools, the process list. */
#include <base/crc32c.h>
#include <dev/disk.h>
#include <mem/frame.h>
#include <proc/process.h>
#include <space/space.h>
#include <store/fetch.h>
#include <store/image.h>

_Static_assert(FORMAT_BLOCK == DISK_BLOCK, "the disk's blocks are the format's");

/* Immutable after boot. */
static struct disk_root root;
static struct place *places[OK_COUNT]; /* by OID */
static u64 named[OK_COUNT];

u32 image_epoch(void)
{
	return root.epoch;
}

u64 image_named(enum obj_kind kind)
{
	return named[kind];
}

const struct place *image_place(enum obj_kind kind, u64 oid)
{
	return &places[kind][oid];
}

/* Boot's own request, beside the pool, and the block its buffer holds. */
static struct disk_request request;
static u64 held = ~0ul;

static void note_held(struct disk_request *r)
{
	held = r->block;
}

static void *read_block(u64 block)
{
	if (block != held) {
		held = ~0ul;
		request.block = block;
		disk_submit(&request);
	}
	while (block != held)
		disk_poll();
	return direct(request.memory);
}

static void request_init(void)
{
	void *buffer = frames_carve(FORMAT_BLOCK, "boot buffer");
	request.memory = direct_paddr(buffer);
	request.done = note_held;
}

/* Its CRC is of the whole block, with the CRC itself 0. */
static bool is_root(struct disk_root *r)
{
	u32 crc = r->crc;
	r->crc = 0;
	bool sound = crc32c(r, FORMAT_BLOCK) == crc;
	r->crc = crc;
	return r->magic == FORMAT_MAGIC && sound;
}

/* The valid root of the greatest generation. */
static void choose_root(void)
{
	bool found = false;
	for (u64 i = 0; i < 2 && i < disk_blocks(); i++) {
		struct disk_root *r = read_block(i);
		if (!is_root(r) || (found && r->generation <= root.generation))
			continue;
		root = *r;
		found = true;
	}
	if (!found)
		panic("image", "neither root block is valid");
	if (root.version != FORMAT_VERSION)
		panic("image", "format version %u, this kernel reads %u",
		      root.version, FORMAT_VERSION);
}

/* Record i of a table of records that divide a block. */
static const void *record(u64 block, u64 i, size_t size)
{
	u64 at = i * size;
	return (const char *)read_block(block + at / FORMAT_BLOCK) +
	       at % FORMAT_BLOCK;
}

/* A table of n bytes from the start of a block on is there, and is sound. */
static void check_table(u64 block, u64 n, u32 wanted, const char *what)
{
	u32 crc = 0;
	if (block >= disk_blocks() ||
	    n > (disk_blocks() - block) * FORMAT_BLOCK)
		panic("image", "%s lies outside: block %lu of %lu", what,
		      block, disk_blocks());
	for (u64 at = 0; at < n; at += FORMAT_BLOCK)
		crc = crc32c_more(crc, read_block(block + at / FORMAT_BLOCK),
				  MIN(n - at, FORMAT_BLOCK));
	if (crc != wanted)
		panic("image", "%s is damaged: bad checksum", what);
}

static void make_pools(void)
{
	const u64 *n = root.objects;
	obj_pool_init(OK_PAGE, sizeof(struct page), n[OK_PAGE], NULL);
	obj_pool_init(OK_NODE, sizeof(struct node), n[OK_NODE], fetch_node_init);
	obj_pool_init(OK_PROCESS, sizeof(struct process), n[OK_PROCESS],
		      proc_header_init);
	for (unsigned kind = 0; kind < OK_COUNT; kind++)
		places[kind] = frames_carve(n[kind] * sizeof(struct place),
					    "directory");
	/* Each hart may keep two spaces from being freed, the one it has and
	   the one it was loading; one more goes on. */
	space_init(n[OK_PROCESS] + 2 * HARTS_MAX + 1,
		   2 * (n[OK_PAGE] + n[OK_NODE]));
	frames_set_aside(n[OK_PAGE]);
}

static void note_entry(const struct disk_entry *e)
{
	if (e->kind >= OK_COUNT)
		panic("image", "directory entry of kind %u", e->kind);
	if (e->oid >= root.objects[e->kind])
		panic("image", "object %lu of kind %u is not one of the image's",
		      e->oid, e->kind);
	if (e->block < 2 || e->block >= disk_blocks())
		panic("image", "an object lies outside: block %lu of %lu",
		      e->block, disk_blocks());
	if ((e->index + 1) * fetch_size(e->kind) > FORMAT_BLOCK)
		panic("image", "directory entry at index %u of its pot",
		      e->index);
	places[e->kind][e->oid] = (struct place){
		.block = e->block, .index = e->index,
		.version = e->version, .crc = e->crc,
	};
	named[e->kind]++;
}

void image_load(void)
{
	const size_t size = sizeof(struct disk_entry);
	if (disk_blocks() == 0)
		panic("image", "none: QEMU needs -initrd IMAGE");
	request_init();
	choose_root();
	check_table(root.dir_block, root.dir_entries * size, root.dir_crc,
		    "the directory");
	check_table(root.list_block, root.list_entries * sizeof(u64),
		    root.list_crc, "the process list");
	make_pools();
	for (u64 i = 0; i < root.dir_entries; i++)
		note_entry(record(root.dir_block, i, size));
	fetch_init();
}

void image_preload(void)
{
	for (unsigned kind = 0; kind < OK_COUNT; kind++)
		for (u64 oid = 0; oid < root.objects[kind]; oid++)
			if (places[kind][oid].block)
				obj_find(kind, oid);
}

static void start_process(u64 oid)
{
	struct obj *o = obj_find(OK_PROCESS, oid);
	if (!o || obj_process(o)->state != PST_RUNNING)
		panic("image", "process %lu is listed but has no work", oid);
	proc_make_ready(obj_process(o), READY_HERE);
}

void image_start_processes(void)
{
	for (u64 i = 0; i < root.list_entries; i++) {
		const u64 *oid = record(root.list_block, i, sizeof(*oid));
		start_process(*oid);
	}
}
