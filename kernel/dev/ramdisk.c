#include <base/rand.h>
#include <base/string.h>
#include <dev/ramdisk.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <lock/spin.h>
#include <sched/timed.h>

/* Requests completed in one go: each has a checksum to be computed. */
#define SERVE_BATCH 2

static char *image;     /* immutable after boot, as are the next two */
static u64 blocks;
static u64 slow;        /* ticks a request takes at most; 0: none */

static struct spinlock lock own_line = SPINLOCK(LR_DISK);
static struct link under_way; /* in order of `due`, under lock */
static struct rand delays;    /* under lock */

static char *at(u64 block)
{
	return image + block * DISK_BLOCK;
}

static void complete(struct disk_request *r)
{
	if (!r->failed && r->op == DISK_READ)
		memcpy(direct(r->memory), at(r->block), DISK_BLOCK);
	if (!r->failed && r->op == DISK_WRITE)
		memcpy(at(r->block), direct(r->memory), DISK_BLOCK);
	disk_done(r);
}

static struct disk_request *request_of(struct link *l)
{
	return container_of(l, struct disk_request, link);
}

static void queue_locked(struct disk_request *r)
{
	struct link *next = &under_way;
	r->due = time_now() + 1 + rand_next(&delays) % slow;
	while (next->prev != &under_way && request_of(next->prev)->due > r->due)
		next = next->prev;
	link_insert_before(next, &r->link);
}

static void submit(struct disk_request *r)
{
	if (!slow) {
		complete(r);
		return;
	}
	spin_lock(&lock);
	queue_locked(r);
	u64 due = r->due; /* from the unlock on it may be another's */
	spin_unlock(&lock);
	timed_alarm(due);
}

/* The first one, if it is due; else when that will be. */
static struct disk_request *take_due(u64 now, u64 *next)
{
	struct disk_request *r = NULL;
	*next = TIME_NEVER;
	spin_lock(&lock);
	if (!link_is_alone(&under_way)) {
		r = request_of(under_way.next);
		*next = r->due;
	}
	if (r && r->due <= now)
		link_remove(&r->link);
	else
		r = NULL;
	spin_unlock(&lock);
	return r;
}

static u64 serve(u64 now)
{
	struct disk_request *r;
	u64 next = now;
	for (unsigned n = 0; n < SERVE_BATCH; n++) {
		r = take_due(now, &next);
		if (!r)
			return next;
		complete(r);
	}
	return now;
}

static void poll(void)
{
	serve(time_now());
}

static u64 block_count(void)
{
	return blocks;
}

const struct disk_device *ramdisk_init(void *start, u64 size, u64 slow_us,
				       u64 seed)
{
	static const struct disk_device device = { submit, poll, block_count };
	image = start;
	blocks = size / DISK_BLOCK;
	slow = slow_us * TICKS_PER_US;
	link_init(&under_way);
	rand_seed(&delays, seed);
	timed_add(serve);
	return &device;
}
