/*
 * A workload that journals pages while checkpoints are taken by time.
 *
 * In turn it writes the next number into every word of each of its pages and
 * has the page journaled; when that is durable it says so.  A restart finds the
 * page as it was journaled, or newer, whatever generation the process is of: so
 * the page may be ahead of the process, and the process goes on from there; it
 * is never behind.  Lines on the console log:
 *
 *      begin: P pages
 *      journaled N: page I      page I, which holds N, is durable
 *      ok restart: page I is ahead, N
 *      ok end: N numbers
 *      wrong: ...               and the machine ends with status 100
 *
 * The host finds the pages by their names in ckptjournal.toml.
 */
#include <checkpoint.h>
#include <console.h>
#include <device.h>
#include <layout.h>
#include <object.h>
#include <program.h>

enum ckptjournal_register {
	CAP_CHECKPOINT = 2,
	CAP_NUMBERS = 5,  /* number: how many of them there are */
	CAP_INTERVAL = 6, /* number: ticks between two checkpoints */
	CAP_PAGES = 8,    /* to 8 + PAGES - 1 */
};

#define PAGES 3
#define PASSED 0x5555
#define FAILED (100 << 16 | 0x3333)

static u64 words[PAGE_SIZE / sizeof(u64)];

static noreturn void end(u32 status)
{
	for (;;)
		device_write32(WINDOW, status);
}

static void must(u64 result, const char *what)
{
	if (result == RC_OK)
		return;
	printf("wrong: %s: %s\n", what, result_name(result));
	end(FAILED);
}

/* What every word of it holds. */
static u64 number_in(unsigned page)
{
	must(page_read(CAP_PAGES + page, 0, words, PAGE_SIZE), "a page");
	for (unsigned w = 1; w < ARRAY_SIZE(words); w++) {
		if (words[w] == words[0])
			continue;
		printf("wrong: page %u holds %lu and %lu at once\n", page,
		       words[0], words[w]);
		end(FAILED);
	}
	return words[0];
}

/* The page holds `known`, or is ahead of it after a restart. */
static u64 go_on(unsigned page, u64 known)
{
	u64 found = number_in(page);
	if (found < known) {
		printf("wrong: page %u holds %lu, it held %lu before\n", page,
		       found, known);
		end(FAILED);
	}
	if (found > known)
		printf("ok restart: page %u is ahead, %lu\n", page, found);
	return found;
}

static void journal(unsigned page, u64 number)
{
	u64 sequence;
	for (unsigned w = 0; w < ARRAY_SIZE(words); w++)
		words[w] = number;
	must(page_write(CAP_PAGES + page, 0, words, PAGE_SIZE), "a page");
	must(ckpt_journal(CAP_CHECKPOINT, CAP_PAGES + page, &sequence),
	     "the journal");
	printf("journaled %lu: page %u\n", number, page);
}

int main(void)
{
	u64 numbers = 0, interval = 0, known[PAGES] = { 0 };
	must(number_read(CAP_NUMBERS, &numbers), "a number");
	must(number_read(CAP_INTERVAL, &interval), "a number");
	must(ckpt_interval(CAP_CHECKPOINT, interval), "the interval");
	printf("begin: %u pages\n", PAGES);
	for (u64 i = 0; i < numbers; i++) {
		unsigned page = i % PAGES;
		known[page] = go_on(page, known[page]) + 1;
		journal(page, known[page]);
	}
	printf("ok end: %lu numbers\n", numbers);
	end(PASSED);
}
