#include <dev/device.h>
#include <dev/disk.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <mem/frame.h>
#include <sched/stall.h>
#include <sched/timed.h>

/* Ticks for a woken process to take the request that it was woken for. */
#define PATIENCE TICKS_PER_MS

struct disk_request disk_requests[DISK_REQUESTS_MAX];
struct disk_counts disk_counts;

/* Under the lock of the request queue. */
static struct link free_requests;
static u64 taken;

/* Immutable after boot. */
static u64 count;
static const struct disk_device *device;

static struct ring *waiting(void)
{
	return queue_ring(Q_REQUESTS, 0);
}

struct disk_request *disk_take(void)
{
	struct ring *r = waiting();
	spin_lock(&r->lock);
	if (link_is_alone(&free_requests))
		txn_stall(r);
	struct link *l = free_requests.next;
	link_remove(l);
	taken++;
	spin_unlock(&r->lock);
	return container_of(l, struct disk_request, link);
}

/* Wakes the longest waiting.  True if others wait and could go on too. */
static bool wake_next_locked(struct ring *r)
{
	return !link_is_alone(&free_requests) && stall_wake_one_locked(r) &&
	       ring_has_hooks_locked(r);
}

void disk_give_back(struct disk_request *request)
{
	struct ring *r = waiting();
	spin_lock(&r->lock);
	link_insert_after(&free_requests, &request->link);
	taken--;
	bool more = wake_next_locked(r);
	spin_unlock(&r->lock);
	if (more)
		timed_alarm(time_now() + PATIENCE);
}

static u64 serve_waiting(u64 now)
{
	struct ring *r = waiting();
	spin_lock(&r->lock);
	bool more = wake_next_locked(r);
	spin_unlock(&r->lock);
	return more ? now + PATIENCE : TIME_NEVER;
}

void disk_init(u64 requests)
{
	if (requests < 1 || requests > DISK_REQUESTS_MAX)
		panic("boot arguments", "requests=%lu: from 1 to %u", requests,
		      DISK_REQUESTS_MAX);
	link_init(&free_requests);
	count = requests;
	for (u64 i = 0; i < count; i++) {
		struct disk_request *r = &disk_requests[i];
		void *buffer = frames_carve(DISK_BLOCK, "disk buffers");
		r->buffer = direct_paddr(buffer);
		link_insert_before(&free_requests, &r->link);
	}
	timed_add(serve_waiting);
	device = disk_find();
}

static void note_most(u64 now)
{
	u64 most = atomic64_load_relaxed(&disk_counts.most);
	while (now > most &&
	       !atomic64_cas_relaxed(&disk_counts.most, most, now))
		most = atomic64_load_relaxed(&disk_counts.most);
}

void disk_submit(struct disk_request *r)
{
	struct atomic64 *const counts[] = {
		[DISK_READ] = &disk_counts.reads,
		[DISK_WRITE] = &disk_counts.writes,
		[DISK_FLUSH] = &disk_counts.flushes,
	};
	if (r->op != DISK_FLUSH && r->block >= disk_blocks())
		panic("disk", "block %lu of %lu", r->block, disk_blocks());
	atomic64_add_relaxed(counts[r->op], 1);
	note_most(atomic64_add_relaxed(&disk_counts.under_way, 1) + 1);
	r->failed = false;
	device->submit(r);
}

void disk_done(struct disk_request *r)
{
	atomic64_add_relaxed(&disk_counts.under_way, -1ul);
	if (r->failed)
		atomic64_add_relaxed(&disk_counts.failed, 1);
	r->done(r);
}

void disk_poll(void)
{
	device->poll();
}

u64 disk_blocks(void)
{
	return device->blocks();
}

u64 disk_request_count(void)
{
	return count;
}

u64 disk_requests_taken(void)
{
	struct ring *r = waiting();
	spin_lock(&r->lock);
	u64 n = taken;
	spin_unlock(&r->lock);
	return n;
}
