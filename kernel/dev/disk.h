/*
 * The disk: blocks of 4 KiB, read and written by requests.
 *
 * Behind it stands the virtio-blk device, if the machine has one (dev/virtio.h),
 * or else the boot image in memory (dev/ramdisk.h).
 *
 * A request belongs to one at a time: to the pool while it is free; to whoever
 * took it; from disk_submit() on to the disk; and when its done() is called to
 * that function, which fills in the next or gives it back.  Completions come
 * late and in any order, on any hart, out of resched() (trap/defer.h); a disk
 * that needs no time calls done() before disk_submit() returns.
 *
 * The pool is for processes that miss objects.  A room with requests of its own
 * keeps them in memory of its own, and never waits for the pool.
 *
 * Invariants
 *  1. done() is called once for each disk_submit(), after the transfer, by a
 *     hart that holds no spin lock but that of serialization.
 *  2. The pool is under the lock of the request queue, so finding it empty and
 *     stalling are one step: no wakeup is lost.
 *  3. Giving one back wakes the longest waiting.  It may have changed its mind;
 *     so while requests are free and somebody waits, the next is woken in each
 *     round of timed events.
 *  4. Between disk_submit() and done() nobody but the disk touches what
 *     request.memory names.
 *  5. When a flush is done without failing, every write whose done() was called
 *     before that flush was submitted outlives a power cut.
 *  6. A request that fails has changed no block but, of a write, its own, which
 *     may be anything.
 *
 * Not promised: that what was submitted first is done first.  Any number may be
 * submitted: what the device has no room for waits in the driver.
 */
#pragma once

#include <base/list.h>
#include <hal/mmu.h>

#define DISK_BLOCK PAGE_SIZE
#define DISK_REQUESTS_MAX 128
#define DISK_REQUESTS 64 /* unless the boot argument says otherwise */

enum disk_op {
	DISK_READ,
	DISK_WRITE,
	DISK_FLUSH, /* neither block nor memory counts */
};

struct disk_request {
	/* whoever has the request */
	struct link link;   /* free, or under way, in a list of the disk's */
	enum disk_op op;
	bool failed;        /* set before done() */
	u64 block;
	paddr_t memory;     /* DISK_BLOCK bytes: a frame, or `buffer` */
	void (*done)(struct disk_request *r);
	void *owner;        /* what done() wants to know */
	u64 due;            /* the RAM disk's: when it is done */

	paddr_t buffer;     /* immutable: a frame of its own (pool only) */
};

/* The pool; `disk_request_count()` of them are in use at all. */
extern struct disk_request disk_requests[DISK_REQUESTS_MAX];

/* Since boot, for the inspector and graders. */
struct disk_counts {
	struct atomic64 reads, writes, flushes; /* submitted */
	struct atomic64 failed;                 /* of them */
	struct atomic64 under_way, most;        /* now; at most at once */
};
extern struct disk_counts disk_counts;

/*
 * Boot, one hart, frames not yet set aside: finds the disk and makes the pool.
 * Panics if there is no disk, or `requests` are too few or too many.
 */
void disk_init(u64 requests);

/*
 * A free request, or else stalls the process loaded here on the request queue
 * and does not return.  Before the commit point, no spin lock held.
 */
struct disk_request *disk_take(void);
void disk_give_back(struct disk_request *r);

/* Starts what the request asks for.  No spin lock held. */
void disk_submit(struct disk_request *r);

/* For the disk's driver: the transfer is done.  No spin lock held. */
void disk_done(struct disk_request *r);

/* Boot, where nobody can stall: completes what is done. */
void disk_poll(void);

/*
 * The power fails when the n-th write from now is submitted, before it is
 * done: what a power cut is, as far as the disk can tell.  0: never.
 */
void disk_cut_power_at(u64 n);

/* How many blocks there are; how many requests, and how many are not free. */
u64 disk_blocks(void);
u64 disk_request_count(void);
u64 disk_requests_taken(void);
