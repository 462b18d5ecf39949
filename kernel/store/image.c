/* Boot: root, page information, directory, pools, journal, process list. */
#include <base/crc32c.h>
#include <base/string.h>
#include <dev/disk.h>
#include <diag/log.h>
#include <hal/irq.h>
#include <hal/platform.h>
#include <mem/frame.h>
#include <proc/process.h>
#include <store/ckpt.h>
#include <store/crowd.h>
#include <store/image.h>
#include <store/journal.h>
#include <store/migrate.h>
#include <store/place.h>
#include <store/pools.h>
#include <store/root.h>
#include <store/index.h>

static u64 *list; /* the process list, while it is needed */
static u64 boot_time; /* ticks; immutable after boot */

u32 image_epoch(void)
{
	return root.epoch;
}

u64 image_processes(void)
{
	return root.list_entries;
}

u64 image_generation(void)
{
	return root.generation;
}

/* Boot's own request, beside the pool, and the block its buffer holds. */
static struct disk_request request;
static u64 held = ~0ul;

static void note_held(struct disk_request *r)
{
	if (r->failed)
		panic("image", "block %lu cannot be read", r->block);
	held = r->block;
}

static void *read_block(u64 block)
{
	if (block != held) {
		held = ~0ul;
		request.op = DISK_READ;
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

/*
 * Record i of a table that begins at an offset of the log and goes on behind
 * the log's end at its start; records divide a block.
 */
static const void *record(u64 at, u64 i, size_t size)
{
	u64 byte = i * size;
	return (const char *)read_block(log_block(at + byte / FORMAT_BLOCK)) +
	       byte % FORMAT_BLOCK;
}

/* A table of n bytes fits into the log, and is sound. */
static void check_table(u64 at, u64 n, u32 wanted, const char *what)
{
	u32 crc = 0;
	if (at >= root.log_blocks || n > root.log_blocks * FORMAT_BLOCK)
		panic("image", "%s lies outside: block %lu of the log's %lu",
		      what, at, root.log_blocks);
	for (u64 byte = 0; byte < n; byte += FORMAT_BLOCK)
		crc = crc32c_more(crc, record(at, byte, 1),
				  MIN(n - byte, FORMAT_BLOCK));
	if (disk_crc_of(crc) != wanted)
		panic("image", "%s is damaged: bad checksum", what);
}

/* Whether the block is one of those of the log that count. */
static bool is_live(u64 block)
{
	u64 n = root.log_blocks, at = block - root.log_start;
	return at < n && (at + n - root.log_tail) % n <
				 (root.log_head + n - root.log_tail) % n;
}

static void enter(const struct disk_entry *e)
{
	struct place at = {
		.block = e->block, .index = e->index,
		.version = e->version, .crc = e->crc,
	};
	if (e->kind >= OK_COUNT)
		panic("image", "directory entry of kind %u", e->kind);
	if (e->oid >= root.objects[e->kind])
		panic("image", "%s %lu is in the directory, but there is none",
		      obj_kind_name(e->kind), e->oid);
	if (!is_live(e->block) || e->index >= place_per_block(e->kind))
		panic("image", "%s %lu lies outside: block %lu, index %u",
		      obj_kind_name(e->kind), e->oid, e->block, e->index);
	if (log_find_locked(LOG_STABLE, e->kind, e->oid))
		panic("image", "%s %lu is in the directory twice",
		      obj_kind_name(e->kind), e->oid);
	log_enter_locked(LOG_STABLE, e->kind, e->oid, &at);
}

static void read_directory(void)
{
	const size_t size = sizeof(struct disk_entry);
	if (root.dir_entries > root.log_blocks * LOG_ENTRIES_PER_BLOCK)
		panic("image", "%lu entries do not fit into the log",
		      root.dir_entries);
	check_table(root.dir_at, root.dir_entries * size, root.dir_crc,
		    "the directory");
	spin_lock(&store_lock);
	for (u64 i = 0; i < root.dir_entries; i++)
		enter(record(root.dir_at, i, size));
	spin_unlock(&store_lock);
}

static void read_list(void)
{
	u64 n = root.list_entries;
	check_table(root.list_at, n * sizeof(u64), root.list_crc,
		    "the process list");
	list = frames_carve(n * sizeof(u64) + 1, "process list");
	for (u64 i = 0; i < n; i++) {
		const u64 *oid = record(root.list_at, i, sizeof(*oid));
		list[i] = *oid;
	}
}

/*
 * The clock goes on: by as much as real time went on, if that is known.  Device
 * and irq capabilities of the time before are told by the epoch.  An image that
 * never ran has no time yet, and its first boot is the epoch it was made for.
 */
static void go_on_in_time(void)
{
	u64 now = platform_real_time(), then = root.real_time;
	u64 away = then && now > then ? (now - then) / NS_PER_TICK : 0;
	if (root.ticks) {
		time_set(root.ticks + away);
		root.epoch++;
	}
	boot_time = time_now();
}

u64 image_real_time(u64 ticks)
{
	u64 then = platform_real_time();
	return then ? then + (ticks - boot_time) * NS_PER_TICK : 0;
}

void image_load(void)
{
	request_init();
	root_read(read_block);
	go_on_in_time();
	io_init();
	jobs_init();
	log_init(&root);
	place_init(&root, read_block);
	read_directory();
	migrate_init();
	journal_init(read_block);
	ckpt_init();
	pools_init(root.objects, root.list_entries);
	log_check_size();
	index_init();
	crowds_init();
	read_list();
}

static bool is_null(enum obj_kind kind, u64 oid)
{
	spin_lock(&store_lock);
	struct place at = place_find_locked(kind, oid);
	spin_unlock(&store_lock);
	if (!at.block || at.crc)
		return !at.block;
	return !record_at(kind, read_block(at.block), at.index)->crc;
}

void image_preload(void)
{
	for (unsigned kind = 0; kind < OK_COUNT; kind++)
		for (u64 oid = 0; oid < root.objects[kind]; oid++)
			if (obj_has_room(kind) && !is_null(kind, oid))
				obj_find(kind, oid);
}

static void start_process(u64 oid)
{
	struct obj *o = obj_find(OK_PROCESS, oid);
	if (!o || obj_process(o)->state != PST_RUNNING)
		panic("image", "process %lu is listed but has no work", oid);
	if (hook_ring(&obj_process(o)->base.hook))
		panic("image", "process %lu is listed twice", oid);
	proc_make_ready(obj_process(o), READY_HERE);
}

void image_start_processes(void)
{
	journal_replay(read_block);
	for (u64 i = 0; i < root.list_entries; i++)
		start_process(list[i]);
}
