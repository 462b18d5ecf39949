/*
 * The driver of the disk against a device that completes in another order than
 * it was asked: each request is done once, after its transfer, and none is
 * forgotten (kernel/dev/virtio_blk.h, kernel/dev/disk.h).
 *
 * Hart 0 submits reads; hart 1 is interrupted by the device's line, and serves
 * it; hart 2 is the device: it looks at the queue in memory when it is told to,
 * and does the youngest request that it knows of.
 *
 * Options: requests=N (2); indirect=0: the device knows no indirect
 * descriptors, so there is room for one request at a time; harts=4: a fourth
 * hart submits, too.
 *
 * Links: kernel/lock/spin.c kernel/dev/virtio.c kernel/dev/virtio_blk.c
 */
#include <explore.h>

#include <dev/line.h>
#include <dev/virtio.h>
#include <dev/virtio_blk.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/platform.h>
#include <lock/spin.h>
#include <mem/frame.h>
#include <sched/timed.h>

#define REQUESTS_MAX 4
#define QUEUE 4
#define LINE 1
#define PATTERN 1000 /* and its number: what a block begins with */

/* The device's registers, as far as they are more than constants. */
static struct atomic32 status, interrupt;
static u32 word; /* of the features; while it is set up */
static u64 queue_at[3];

static struct atomic32 told, raised; /* times */
static struct atomic32 over;
static bool masked, alarm; /* hart 1's */
static void (*line_serves)(void);
static u64 (*source)(u64 now);

static const struct disk_device *device;
static struct disk_request requests[REQUESTS_MAX];
static u64 memory[REQUESTS_MAX][DISK_BLOCK / sizeof(u64)]
	__attribute__((aligned(DISK_BLOCK)));
static u32 done[REQUESTS_MAX];
static struct atomic32 done_in_all;

struct platform platform = { .virtio_slots = 1,
			     .virtio = { { .registers = 0, .line = LINE } } };

static u64 wanted(void)
{
	return explore_option("requests", 2) * (hart_count() > 3 ? 2 : 1);
}

/* What the driver needs of the kernel. */

void *frames_carve(size_t bytes, const char *what)
{
	static char room[6 * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
	static size_t used;
	void *p = room + used;
	used += ROUND_UP(bytes, 64ul);
	explore_require(used <= sizeof(room), "no room for the %s", what);
	return p;
}

void *direct(paddr_t pa)
{
	return (void *)pa.raw;
}

paddr_t direct_paddr(const void *p)
{
	return PADDR((u64)p);
}

void timed_add(u64 (*serve)(u64 now))
{
	source = serve;
}

void timed_alarm(u64 when)
{
	(void)when;
	alarm = true;
}

void irq_line_own(u32 line, void (*serve)(void))
{
	explore_require(line == LINE, "line %u is nobody's", line);
	line_serves = serve;
}

void irq_unmask(u32 line)
{
	explore_require(line == LINE && masked, "line %u is not masked", line);
	masked = false;
}

void disk_done(struct disk_request *r)
{
	r->done(r);
}

/* The registers. */

enum {
	R_MAGIC = 0x00,
	R_VERSION = 0x04,
	R_KIND = 0x08,
	R_OFFERED = 0x10,
	R_OFFERED_WORD = 0x14,
	R_QUEUE_SIZE_MAX = 0x34,
	R_NOTIFY = 0x50,
	R_INTERRUPT = 0x60,
	R_INTERRUPT_ACK = 0x64,
	R_STATUS = 0x70,
	R_QUEUES = 0x80,
	R_QUEUES_END = 0xa8,
	R_CONFIG = 0x100,
};

static u64 features(void)
{
	return VIRTIO_F_VERSION_1 |
	       (explore_option("indirect", 1) ? VIRTIO_F_INDIRECT : 0);
}

u32 model_register_read(u64 at)
{
	switch (at) {
	case R_MAGIC:
		return 0x74726976;
	case R_VERSION:
	case R_KIND:
		return 2;
	case R_OFFERED:
		return (u32)(features() >> 32 * word);
	case R_QUEUE_SIZE_MAX:
		return QUEUE;
	case R_INTERRUPT:
		return atomic32_load_relaxed(&interrupt);
	case R_STATUS:
		return atomic32_load_relaxed(&status);
	case R_CONFIG:
		return 64; /* sectors */
	default:
		return 0;
	}
}

void model_register_write(u64 at, u32 value)
{
	if (at == R_OFFERED_WORD)
		word = value;
	else if (at == R_NOTIFY)
		atomic32_add_relaxed(&told, 1);
	else if (at == R_INTERRUPT_ACK)
		atomic32_and_relaxed(&interrupt, ~value);
	else if (at == R_STATUS)
		atomic32_store_relaxed(&status, value);
	else if (at >= R_QUEUES && at < R_QUEUES_END && at % 8 == 0)
		queue_at[(at - R_QUEUES) / 16] |= value;
	else if (at >= R_QUEUES && at < R_QUEUES_END)
		queue_at[(at - R_QUEUES) / 16] |= (u64)value << 32;
}

/* The device. */

static u16 heads[QUEUE], known, seen, used_up;

/* Chains it was given since it looked last. */
static void look(void)
{
	struct virtio_avail *avail = (void *)queue_at[1];
	u16 index = io_load16(&avail->index);
	io_fence();
	for (; seen != index; seen++) {
		explore_require(known < QUEUE, "the device is given more than "
					       "its queue holds");
		heads[known++] = io_load16(&avail->ring[seen % QUEUE]);
	}
}

static void transfer(u16 head)
{
	const struct virtio_desc *d = (void *)queue_at[0], *table = d;
	const struct virtio_desc *first = &d[head];
	if (first->flags & VIRTIO_DESC_INDIRECT) {
		table = (void *)first->address;
		first = table;
	}
	const u32 *header = (void *)first->address;
	const struct virtio_desc *block = &table[first->next];
	u64 *to = (void *)block->address;
	explore_note("the device reads block %lu", *(u64 *)(header + 2) / 8);
	to[0] = PATTERN + *(u64 *)(header + 2) / 8;
	*(u8 *)table[block->next].address = 0; /* it went well */
}

/* True if a request was done. */
static bool device_turn(void)
{
	struct virtio_used *used = (void *)queue_at[2];
	look();
	if (!known)
		return false;
	u16 head = heads[--known];
	transfer(head);
	used->ring[used_up % QUEUE].head = head;
	io_fence();
	io_store16(&used->index, ++used_up);
	io_fence();
	atomic32_or_relaxed(&interrupt, 1);
	atomic32_add_release(&raised, 1);
	return true;
}

static void be_device(void)
{
	for (;;) {
		u32 before = atomic32_load_acquire(&told);
		if (device_turn())
			continue;
		if (atomic32_load_acquire(&over))
			return;
		while (atomic32_load_acquire(&told) == before)
			spin_hint();
	}
}

/* The driver's interrupts, level-triggered. */

static bool serve_once(void)
{
	if (!masked && atomic32_load_acquire(&interrupt)) {
		masked = true;
		line_serves();
		return true;
	}
	if (!alarm)
		return false;
	alarm = source(0) != TIME_NEVER;
	return true;
}

static void serve(void)
{
	for (;;) {
		u32 before = atomic32_load_acquire(&raised);
		if (serve_once())
			continue;
		if (atomic32_load_acquire(&over))
			return;
		while (atomic32_load_acquire(&raised) == before)
			spin_hint();
	}
}

static void is_done(struct disk_request *r)
{
	u64 i = (u64)(r - requests);
	done[i]++;
	explore_require(!r->failed, "request %lu failed", i);
	explore_require(memory[i][0] == PATTERN + i,
			"request %lu is done before its transfer", i);
	if (atomic32_add_release(&done_in_all, 1) + 1 < wanted())
		return;
	atomic32_store_release(&over, 1);
	atomic32_add_release(&told, 1);
	atomic32_add_release(&raised, 1);
}

static void submit(void)
{
	u64 n = explore_option("requests", 2);
	u64 from = hart_self()->id ? n : 0;
	for (u64 i = from; i < from + n; i++)
		device->submit(&requests[i]);
}

static void setup(void)
{
	explore_quiet(lock_counts, sizeof(lock_counts));
	device = virtio_blk_find();
	explore_require(wanted() <= REQUESTS_MAX, "too many requests");
	for (u64 i = 0; i < REQUESTS_MAX; i++)
		requests[i] = (struct disk_request){
			.op = DISK_READ,
			.block = i,
			.memory = direct_paddr(memory[i]),
			.done = is_done,
		};
}

static void final(void)
{
	for (u64 i = 0; i < wanted(); i++)
		explore_require(done[i] == 1, "request %lu is done %u times", i,
				done[i]);
}

const struct scenario scenario = {
	.expects = "every request to be done once, after its transfer",
	.harts = 3,
	.setup = setup,
	.final = final,
	.body = { submit, serve, be_device, submit },
};
