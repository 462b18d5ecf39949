#include <base/crc32c.h>
#include <base/string.h>
#include <cap/cap.h>
#include <diag/check.h>
#include <mem/frame.h>
#include <proc/process.h>
#include <space/space.h>
#include <store/image.h>

static const char *blocks; /* the image, as an array of bytes */
static u64 block_count;
static const struct disk_root *root;

u32 image_epoch(void)
{
	return root->epoch;
}

/* Its CRC is of the whole block, with the CRC itself 0. */
static bool is_root(const struct disk_root *r)
{
	static union {
		struct disk_root root;
		char block[FORMAT_BLOCK];
	} copy;
	memcpy(&copy, r, FORMAT_BLOCK);
	copy.root.crc = 0;
	return r->magic == FORMAT_MAGIC &&
	       crc32c(&copy, FORMAT_BLOCK) == r->crc;
}

/* The valid root of the greatest generation. */
static const struct disk_root *choose_root(void)
{
	const struct disk_root *best = NULL;
	for (u64 i = 0; i < 2 && i < block_count; i++) {
		const void *block = blocks + i * FORMAT_BLOCK;
		const struct disk_root *r = block;
		if (is_root(r) && (!best || r->generation > best->generation))
			best = r;
	}
	if (!best)
		panic("image", "neither root block is valid");
	if (best->version != FORMAT_VERSION)
		panic("image", "format version %u, this kernel reads %u",
		      best->version, FORMAT_VERSION);
	return best;
}

/* `n` bytes from the start of a block, if the image has them. */
static const void *bytes_at(u64 block, u64 n, const char *what)
{
	if (block >= block_count ||
	    n > (block_count - block) * FORMAT_BLOCK)
		panic("image", "%s lies outside: block %lu of %lu", what,
		      block, block_count);
	return blocks + block * FORMAT_BLOCK;
}

static const void *checked(u64 block, u64 n, u32 crc, const char *what)
{
	const void *p = bytes_at(block, n, what);
	if (crc32c(p, n) != crc)
		panic("image", "%s is damaged: bad checksum", what);
	return p;
}

static void load_cap(struct cap *slot, const struct disk_cap *d)
{
	struct mcap c = {
		.meta = META(d->type, d->rights & CF_RIGHTS, d->badge),
		.version = d->version, .oid = d->oid,
	};
	if (d->type >= CT_HOOK)
		panic("image", "a capability of type %u", d->type);
	if (type_names_object(d->type) &&
	    d->oid >= obj_count(type_kind(d->type)))
		panic("image", "a %u capability to OID %lu, which is not there",
		      d->type, d->oid);
	cap_init(slot, &c);
}

static void load_page(struct obj *o, const void *data)
{
	memcpy(direct(obj_page(o)->frame), data, PAGE_SIZE);
}

static void load_node(struct obj *o, const struct disk_node *d)
{
	o->span = d->span;
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		load_cap(&obj_node(o)->slot[i], &d->slot[i]);
}

static void load_process(struct obj *o, const struct disk_process *d)
{
	struct process *p = obj_process(o);
	if (d->state >= PST_COUNT || d->fault >= FAULT_COUNT)
		panic("image", "process %lu has a bad state", d->oid);
	p->state = d->state;
	p->resting = d->resting;
	p->fault = d->fault;
	p->calls = d->calls;
	p->ticks = d->ticks;
	p->regs = d->regs;
	string_copy(p->name, d->name, PROC_NAME);
	for (unsigned i = 1; i < CAP_REGS; i++)
		load_cap(&p->cap[i], &d->cap[i]);
	for (unsigned i = 0; i < PS_COUNT; i++)
		load_cap(&p->slot[i], &d->slot[i]);
}

static const size_t sizes[] = {
	[OK_PAGE] = PAGE_SIZE,
	[OK_NODE] = sizeof(struct disk_node),
	[OK_PROCESS] = sizeof(struct disk_process),
};

static void load_entry(const struct disk_entry *e)
{
	if (e->kind >= OK_COUNT)
		panic("image", "directory entry of kind %u", e->kind);
	size_t size = sizes[e->kind], offset = e->index * size;
	if (offset + size > FORMAT_BLOCK)
		panic("image", "directory entry at index %u of its pot",
		      e->index);
	const char *data = bytes_at(e->block, FORMAT_BLOCK, "an object");
	struct obj *o = obj_find(e->kind, e->oid);
	if (!o || crc32c(data + offset, size) != e->crc)
		panic("image", "object %lu of kind %u is %s", e->oid, e->kind,
		      o ? "damaged: bad checksum" : "not one of the image's");
	o->version = e->version;
	if (e->kind == OK_PAGE)
		load_page(o, data);
	else if (e->kind == OK_NODE)
		load_node(o, (const void *)(data + offset));
	else
		load_process(o, (const void *)(data + offset));
}

static void node_init(struct obj *o)
{
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		cap_init(&obj_node(o)->slot[i], &MCAP_VOID);
}

static void make_pools(void)
{
	const u64 *n = root->objects;
	obj_pool_init(OK_PAGE, sizeof(struct page), n[OK_PAGE], NULL);
	obj_pool_init(OK_NODE, sizeof(struct node), n[OK_NODE], node_init);
	obj_pool_init(OK_PROCESS, sizeof(struct process), n[OK_PROCESS],
		      proc_header_init);
	/* Each hart may keep one space from being freed; one more goes on. */
	space_init(n[OK_PROCESS] + HARTS_MAX + 1,
		   2 * (n[OK_PAGE] + n[OK_NODE]));
	frames_set_aside(n[OK_PAGE]);
}

void image_load(const void *image, u64 size)
{
	const struct disk_entry *dir;
	u64 n;
	if (size == 0)
		panic("image", "none: QEMU needs -initrd IMAGE");
	blocks = image;
	block_count = size / FORMAT_BLOCK;
	root = choose_root();
	make_pools();
	n = root->dir_entries;
	dir = checked(root->dir_block, n * sizeof(*dir), root->dir_crc,
		      "the directory");
	for (u64 i = 0; i < n; i++)
		load_entry(&dir[i]);
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
	u64 n = root->list_entries;
	const u64 *list = checked(root->list_block, n * sizeof(*list),
				  root->list_crc, "the process list");
	for (u64 i = 0; i < n; i++)
		start_process(list[i]);
}
