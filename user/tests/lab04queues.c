/*
 * Lab 4: queues of the kernel.  Objects that the disk has and memory has not,
 * touched by many at once; a disk that takes few requests at a time; sleepers;
 * and the junk queue.
 *
 * The grader makes the pages: slot i of the kit's node of pages holds one
 * whose first word is 1000 + i.  The first and the last have OIDs that differ
 * by the number of I/O queues.
 */
#include <faults.h>

#include "lab04user.h"

#define KIT_PAGES 11
#define SHARING 15 /* the slot whose page shares an I/O queue with slot 0 */
#define READERS 8
#define LOW (MAIN_PRIORITY - 1)

static u64 word_of[THREADS_MAX], done;

static void get_page(u64 slot, unsigned to)
{
	CHECK_OK(kit(KIT_PAGES, to));
	CHECK_OK(node_get(to, slot, to));
}

/* Reads the page in register C; its invocation stalls until that is here. */
static void read_page(u64 me, u64 w1, u64 w2, u64 w3)
{
	u64 word = w1 + w2 + w3;
	HELPER_CHECK(page_read(CAP_C, 0, &word, sizeof(word)) == RC_OK);
	store(&word_of[me], word);
	add(&done, 1);
	thread_rest();
}

static u64 reader_new(u64 slot)
{
	get_page(slot, CAP_B);
	u64 reader = client_new(read_page, MAIN_PRIORITY + 1, CAP_B, CAP_A);
	store(&word_of[reader], 0);
	thread_send(CAP_A, reader, 0, 0, 0);
	return reader;
}

static u64 pages_fetched(void)
{
	return disk_look().fetched[OK_PAGE];
}

/* All miss the same page: it is read once, and each gets it. */
static void one_page_many_readers(void)
{
	u64 before = pages_fetched();
	store(&done, 0);
	for (u64 i = 0; i < READERS; i++)
		reader_new(1);
	AWAIT(load(&done) == READERS);
	for (u64 i = 0; i < READERS; i++)
		CHECK_EQ(word_of[i], 1001);
	ledger->figure[0] = pages_fetched() - before;
	CHECK_EQ(ledger->figure[0], 1);
}

/* What one queue is woken for is not what all of its members wait for. */
static void two_pages_of_one_queue(void)
{
	u64 before = pages_fetched();
	store(&done, 0);
	for (u64 i = 0; i < READERS; i++)
		reader_new(i & 1 ? SHARING : 0);
	AWAIT(load(&done) == READERS);
	for (u64 i = 0; i < READERS; i++)
		CHECK_EQ(word_of[i], i & 1 ? 1000 + SHARING : 1000);
	ledger->figure[1] = pages_fetched() - before;
	CHECK_EQ(ledger->figure[1], 2);
}

/* More reads than the disk takes at a time: the others stall for a request. */
static void more_reads_than_requests(void)
{
	store(&done, 0);
	for (u64 i = 0; i < READERS; i++)
		reader_new(2 + i);
	AWAIT(load(&done) == READERS);
	for (u64 i = 0; i < READERS; i++)
		CHECK_EQ(word_of[i], 1002 + i);
}

/* Those who are killed while they wait leave nothing behind. */
static void readers_are_killed(void)
{
	store(&done, 0);
	for (u64 i = 0; i < READERS; i++)
		reader_new(10 + i % 4);
	for (u64 i = 0; i < READERS; i += 2)
		CHECK_OK(object_destroy(OK_PROCESS, i));
	AWAIT(load(&word_of[1]) && load(&word_of[3]) && load(&word_of[5]) &&
	      load(&word_of[7]));
	for (u64 i = 1; i < READERS; i += 2)
		CHECK_EQ(word_of[i], 1010 + i % 4);
}

static void sleep_until(u64 me, u64 when, u64 w2, u64 w3)
{
	call4(CAP_WAIT, WAIT_UNTIL, when, w2, w3);
	store(&answered_at[me], time_now());
	add(&done, 1);
	thread_rest();
}

/*
 * Who sleeps longest comes first, and keeps nobody from waking in time; which
 * can be told on one hart, that nobody else disturbs.
 */
static void sleepers_wake_in_time(void)
{
	bool alone = hart_total() == 1;
	u64 step = 50 * moment(), begin = time_now() + 10 * step;
	store(&done, 0);
	for (u64 i = 0; i < READERS; i++) {
		u64 me = client_new(sleep_until, MAIN_PRIORITY + 1, 0, CAP_A);
		thread_send(CAP_A, me, begin + (READERS - i) * step, 0, 0);
	}
	AWAIT(load(&done) == READERS);
	for (u64 i = 0; i < READERS; i++) {
		u64 due = begin + (READERS - i) * step;
		AT("sleeper %lu", i + 1);
		CHECK(answered_at[i] >= due);
		CHECK(!alone || answered_at[i] < due + step);
	}
}

/* Has no schedule, or faults and has no keeper. */
static void fault(u64 w0, u64 w1, u64 w2, u64 w3)
{
	device_read8(WINDOW_END + PAGE_SIZE + 0 * (w0 + w1 + w2 + w3));
	HELPER_CHECK(false);
}

static void malformed_new(u64 i)
{
	u64 thread = thread_new(fault, LOW, CAP_A);
	CHECK_OK(process_set_slot(CAP_A, PS_KEEPER, 0));
	if (i & 1)
		CHECK_OK(process_set_slot(CAP_A, PS_SCHEDULE, 0));
	thread_send(CAP_A, 0, 0, 0, 0);
	AWAIT(is_stalled_on(thread, "junk"));
}

/* They end there, and a server and its clients do not notice. */
static void junk_stays_junk(void)
{
	for (u64 i = 0; i < 4; i++)
		malformed_new(i);
	server_new(LOW, CAP_B);
	for (u64 i = 0; i < 3; i++)
		caller_new(LOW, CAP_B, CAP_A);
	AWAIT(load(&answers) == 3);
	for (u64 i = 0; i < 4; i++)
		CHECK(is_stalled_on(i, "junk"));
	CHECK_OK(object_destroy(OK_PROCESS, 1));
	CHECK(!is_stalled_on(0, "ready") && is_stalled_on(2, "junk"));
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "one page, many readers", one_page_many_readers },
		{ "two pages of one queue", two_pages_of_one_queue },
		{ "more reads than requests", more_reads_than_requests },
		{ "readers are killed", readers_are_killed },
		{ "sleepers wake in time", sleepers_wake_in_time },
		{ "junk stays junk", junk_stays_junk },
	};
	ledger_all(cases, ARRAY_SIZE(cases));
}
