/*
 * Bench: what small durable writes cost the disk, in its own writes, from when
 * all before is home until all of it is: appended to pages, each to a page of
 * its own; and of a page that is journalled, until it is durable.
 */
#include "memory.h"

#include <checkpoint.h>

#define WRITES 100
#define JOURNALLED 8 /* no more than the journal holds between checkpoints */
#define SMALL 1024
#define POLL (2 * TICKS_PER_MS)

static char data[SMALL];

static void write_small(u64 page, u64 offset)
{
	CHECK_OK(range_make(CAP_PAGES, page, CAP_C));
	CHECK_OK(page_write(CAP_C, offset, data, SMALL));
}

static void write_appended(void)
{
	for (u64 i = 0; i < WRITES; i++)
		write_small(i * SMALL / PAGE_SIZE, i * SMALL % PAGE_SIZE);
}

static void write_scattered(void)
{
	for (u64 i = 0; i < WRITES; i++)
		write_small(i, 0);
}

/* Until nothing of it is left in the log. */
static void checkpoint(void)
{
	struct ckpt_status s;
	u64 newest;
	CHECK_OK(ckpt_take(CAP_E, &newest));
	do {
		time_wait_until(time_now() + POLL);
		CHECK_OK(ckpt_status(CAP_E, &s));
	} while (s.phase != CKPT_IDLE);
}

static void write_journalled(void)
{
	u64 sequence;
	for (u64 i = 0; i < JOURNALLED; i++) {
		write_small(i, 0);
		CHECK_OK(ckpt_journal(CAP_E, CAP_C, &sequence));
	}
}

static void say(const char *what, const char *name, u64 count, u64 times)
{
	printf("%s.%s %lu.%02lu\n", what, name, count / times,
	       count * 100 / times % 100);
}

static void report(const char *name, void (*write)(void), u64 times)
{
	checkpoint();
	struct inspect_disk before = disk_look();
	write();
	if (write != write_journalled)
		checkpoint();
	struct inspect_disk after = disk_look();
	say("durable", name, after.writes - before.writes, times);
	say("flushes", name, after.flushes - before.flushes, times);
}

int main(void)
{
	if (__builtin_setjmp(test.back))
		test_end(100);
	CHECK_OK(kit(KIT_CHECKPOINT, CAP_E));
	report("append", write_appended, WRITES);
	report("write", write_scattered, WRITES);
	report("journal", write_journalled, JOURNALLED);
	test_end(0);
}
