#include <dev/line.h>
#include <dev/virtio.h>
#include <dev/virtio_blk.h>
#include <diag/log.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <lock/spin.h>
#include <mem/frame.h>
#include <sched/timed.h>

#define F_READ_ONLY (1ul << 5)
#define F_FLUSH (1ul << 9)

#define SECTOR 512
#define CHAIN 3 /* descriptors: header, block, outcome */

/* Requests completed in one go. */
#define SERVE_BATCH 4

enum outcome {
	OUTCOME_OK = 0,
	OUTCOME_NONE = 0xff, /* the device has written nothing */
};

/* The device reads it, but for the last, which it writes. */
struct slot {
	struct virtio_desc chain[CHAIN]; /* where descriptors are indirect */
	struct {
		u32 type, zero;
		u64 sector;
	} header;
	u8 outcome, padding[15];
};

/* Immutable after boot. */
static struct virtio virtio; /* its queue under lock */
static struct slot *slots;
static u32 slot_count, stride; /* descriptors a slot has in the queue */
static u64 blocks;

static struct spinlock lock own_line = SPINLOCK(LR_DISK);

/* Under lock. */
static struct disk_request *under_way[VIRTIO_QUEUE_MAX]; /* by slot */
static u16 free_slots[VIRTIO_QUEUE_MAX];
static u32 free_count;
static struct link waiting; /* requests that found no slot */
static bool gone;
static bool owes_unmask; /* an interrupt is being served */

static bool has(u64 feature)
{
	return virtio.features & feature;
}

static void describe(struct virtio_desc *d, const void *p, size_t n, u16 flags)
{
	*d = (struct virtio_desc){ direct_paddr(p).raw, (u32)n, flags, 0 };
}

static void describe_header(struct slot *s, const struct disk_request *r)
{
	static const u8 types[] = {
		[DISK_READ] = 0, [DISK_WRITE] = 1, [DISK_FLUSH] = 4,
	};
	const u32 unknown = 0x7fffffff; /* the device has to fail this one */
	s->header.type = r->failed ? unknown : types[r->op];
	s->header.sector = 0;
	if (r->op != DISK_FLUSH)
		s->header.sector = r->block * (DISK_BLOCK / SECTOR);
	s->outcome = OUTCOME_NONE;
}

static void describe_locked(u32 slot, const struct disk_request *r)
{
	struct slot *s = &slots[slot];
	struct virtio_desc *first = &virtio.desc[slot * stride];
	struct virtio_desc *d = stride == 1 ? s->chain : first;
	u32 n = 0, base = stride == 1 ? 0 : slot * stride;
	describe_header(s, r);
	describe(&d[n++], &s->header, sizeof(s->header), 0);
	if (r->op != DISK_FLUSH)
		describe(&d[n++], direct(r->memory), DISK_BLOCK,
			 r->op == DISK_READ ? VIRTIO_DESC_WRITE : 0);
	describe(&d[n++], &s->outcome, 1, VIRTIO_DESC_WRITE);
	for (u32 i = 0; i + 1 < n; i++) {
		d[i].flags |= VIRTIO_DESC_NEXT;
		d[i].next = (u16)(base + i + 1);
	}
	if (stride == 1)
		describe(first, d, n * sizeof(*d), VIRTIO_DESC_INDIRECT);
}

/* Hands over what waits, as far as there are slots.  True: tell the virtio. */
static bool give_locked(void)
{
	bool given = false;
	while (!gone && free_count && !link_is_alone(&waiting)) {
		struct link *l = waiting.next;
		u32 slot = free_slots[--free_count];
		link_remove(l);
		under_way[slot] = container_of(l, struct disk_request, link);
		describe_locked(slot, under_way[slot]);
		virtio_give(&virtio, (u16)(slot * stride));
		given = true;
	}
	return given;
}

static void submit(struct disk_request *r)
{
	if (r->op == DISK_FLUSH && !has(F_FLUSH) && !r->failed) {
		disk_done(r); /* a write is done when it is on the medium */
		return;
	}
	spin_lock(&lock);
	bool fails = gone;
	if (!fails)
		link_insert_before(&waiting, &r->link);
	bool tell = give_locked();
	spin_unlock(&lock);
	if (tell)
		virtio_notify(&virtio);
	if (fails) {
		r->failed = true;
		disk_done(r);
	}
}

static void lose_locked(const char *why)
{
	if (gone)
		return;
	gone = true;
	virtio_stop(&virtio);
	log_printf("disk: %s: it is not used any more, and all that is asked "
		   "of it fails\n", why);
}

static struct disk_request *empty_slot_locked(u32 slot)
{
	struct disk_request *r = under_way[slot];
	under_way[slot] = NULL;
	free_slots[free_count++] = (u16)slot;
	return r;
}

/* One of those the device had or should have had, when it is gone. */
static struct disk_request *take_failed_locked(void)
{
	struct disk_request *r = NULL;
	for (u32 slot = 0; slot < slot_count && !r; slot++)
		if (under_way[slot])
			r = empty_slot_locked(slot);
	if (!r && !link_is_alone(&waiting)) {
		r = container_of(waiting.next, struct disk_request, link);
		link_remove(&r->link);
	}
	if (r)
		r->failed = true;
	return r;
}

static struct disk_request *take_used_locked(void)
{
	u32 head;
	enum virtio_taken taken = virtio_take(&virtio, &head);
	if (taken == VIRTIO_NONE)
		return NULL;
	if (taken == VIRTIO_TOO_MANY) {
		lose_locked("the device says it has done more than it was "
			    "asked");
		return NULL;
	}
	u32 slot = head / stride;
	if (head % stride || slot >= slot_count || !under_way[slot]) {
		lose_locked("the device says it has done what it was not "
			    "asked");
		return NULL;
	}
	struct disk_request *r = empty_slot_locked(slot);
	r->failed = io_load8(&slots[slot].outcome) != OUTCOME_OK;
	return r;
}

/* A request that is done, or NULL: then the line is unmasked, if it is to be. */
static struct disk_request *take(void)
{
	struct disk_request *r = NULL;
	spin_lock(&lock);
	if (!gone)
		r = take_used_locked();
	if (gone)
		r = take_failed_locked();
	bool tell = give_locked();
	bool unmask = !r && owes_unmask;
	if (unmask)
		owes_unmask = false;
	spin_unlock(&lock);
	if (tell)
		virtio_notify(&virtio);
	if (unmask)
		irq_unmask(virtio.line);
	return r;
}

/* As a source of timed events it goes on where an interrupt left off. */
static u64 serve_some(u64 now)
{
	for (unsigned n = 0; n < SERVE_BATCH; n++) {
		struct disk_request *r = take();
		if (!r)
			return TIME_NEVER;
		disk_done(r);
	}
	return now;
}

/* Quieted first: what is done from then on interrupts again. */
static void look_after(bool interrupted)
{
	bool works = virtio_acknowledge(&virtio);
	spin_lock(&lock);
	if (interrupted)
		owes_unmask = true;
	if (!works)
		lose_locked("the device needs a reset");
	spin_unlock(&lock);
}

static void serve(void)
{
	look_after(true);
	u64 now = time_now();
	if (serve_some(now) != TIME_NEVER)
		timed_alarm(now);
}

static void poll(void)
{
	look_after(false);
	serve_some(time_now());
}

static u64 block_count(void)
{
	return blocks;
}

static void learn_size(void)
{
	u64 sectors = virtio_config(&virtio, 0) |
		      (u64)virtio_config(&virtio, 1) << 32;
	blocks = sectors / (DISK_BLOCK / SECTOR);
	if (!blocks)
		panic("disk", "%lu sectors of %u bytes: less than a block of "
			      "%lu bytes", sectors, SECTOR, DISK_BLOCK);
	if (sectors % (DISK_BLOCK / SECTOR))
		log_printf("disk: the last %lu sectors are no block, and are "
			   "not used\n", sectors % (DISK_BLOCK / SECTOR));
	if (has(F_READ_ONLY))
		log_printf("disk: it can only be read: every write will "
			   "fail\n");
}

static void make_slots(void)
{
	stride = has(VIRTIO_F_INDIRECT) ? 1 : CHAIN;
	slot_count = virtio.size / stride;
	slots = frames_carve(slot_count * sizeof(*slots), "disk slots");
	for (u32 i = 0; i < slot_count; i++)
		free_slots[free_count++] = (u16)(slot_count - 1 - i);
	link_init(&waiting);
}

const struct disk_device *virtio_blk_find(void)
{
	static const struct disk_device disk = { submit, poll, block_count };
	if (!virtio_find(&virtio, VIRTIO_BLK))
		return NULL;
	virtio_start(&virtio, VIRTIO_F_INDIRECT | F_READ_ONLY | F_FLUSH);
	learn_size();
	make_slots();
	timed_add(serve_some);
	irq_line_own(virtio.line, serve);
	return &disk;
}
