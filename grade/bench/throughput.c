/*
 * The disk's throughput, at boot, where nothing else runs: the same pages
 * written and read raw, in sequence; dirtied and written by a checkpoint, up to
 * the commit and up to home; and brought in one by one, as a fault does.
 *
 * A boot with read=0 writes, one with read=1 of the disk it leaves reads.
 */
#include <base/string.h>
#include <boot/scenario.h>
#include <dev/disk.h>
#include <diag/args.h>
#include <diag/check.h>
#include <diag/log.h>
#include <hal/irq.h>
#include <hal/platform.h>
#include <mem/frame.h>
#include <obj/reserve.h>
#include <proc/meet.h>
#include <store/ckpt.h>
#include <store/root.h>

#define PAGES 2000
#define DEPTH 64

static struct disk_request requests[DEPTH];
static u64 begun, ended;

static void next(struct disk_request *r)
{
	r->block = root.log_start + root.log_blocks / 2 + begun;
	begun++;
	disk_submit(r);
}

static void done(struct disk_request *r)
{
	if (r->failed)
		panic("throughput", "block %lu failed", r->block);
	ended++;
	if (begun < PAGES)
		next(r);
}

/* Ticks for all pages in sequence, DEPTH at once, in the free half of the log. */
static u64 raw(enum disk_op op)
{
	u64 start = time_now();
	begun = ended = 0;
	for (unsigned i = 0; i < DEPTH; i++) {
		requests[i].op = op;
		requests[i].memory = direct_paddr(frames_carve(DISK_BLOCK, "raw"));
		requests[i].done = done;
		next(&requests[i]);
	}
	while (ended < PAGES)
		disk_poll();
	return time_now() - start;
}

static struct obj *page(u64 i)
{
	return obj_find(OK_PAGE, obj_count(OK_PAGE) - PAGES + i);
}

static void dirty_all(void)
{
	for (u64 i = 0; i < PAGES; i++) {
		struct obj *o = page(i);
		mrow_write(&o->lock);
		reserve_dirty(o);
		memset(direct(obj_page(o)->frame), (int)i | 1, PAGE_SIZE);
		mrow_release_all();
	}
}

/* Steps until the checkpoint has come so far; this hart is the whole meeting. */
static void step_until(bool home, u64 generation)
{
	while (home ? ckpt.phase != CKPT_IDLE : ckpt.durable < generation) {
		ckpt_step();
		meet_if_called();
		disk_poll();
	}
}

static void measure_writing(void)
{
	u64 plain = raw(DISK_WRITE);
	dirty_all();
	u64 start = time_now();
	step_until(false, ckpt_begin());
	u64 committed = time_now() - start;
	step_until(true, 0);
	log_printf("raw %lu committed %lu home %lu\n", plain, committed,
		   time_now() - start);
}

static void measure_reading(void)
{
	u64 plain = raw(DISK_READ), start = time_now();
	for (u64 i = 0; i < PAGES; i++)
		if (*(u8 *)direct(obj_page(page(i))->frame) != (u8)(i | 1))
			panic("throughput", "page %lu is another", i);
	log_printf("raw %lu in %lu\n", plain, time_now() - start);
}

void scenario_boot(void)
{
	meet_join();
	if (arg_number("read", 0))
		measure_reading();
	else
		measure_writing();
	platform_exit(0);
}
