/*
 * Objects that come in when they are first touched: several processes touch
 * the same one at once, in every way there is.  Each gets the right contents,
 * and the disk is asked for the object once.
 */
#include "absent.h"

/* So many touch what is in C: the disk was asked once. */
static void touch_by(u64 touchers, u64 (*how)(u64), enum obj_kind kind)
{
	for (u64 i = 0; i < touchers; i++)
		toucher(how, MAIN_PRIORITY - 1);
	u64 before = fetched(kind);
	await(touchers);
	CHECK_EQ(fetched(kind) - before, 1);
}

static void all_touch(u64 (*how)(u64), enum obj_kind kind)
{
	touch_by(TOUCHERS, how, kind);
}

static void a_page_is_read(void)
{
	begin();
	u64 page = fresh_page(CAP_C);
	all_touch(by_order, OK_PAGE);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(seen[i], word_of(page, i));
}

static void a_crowd_reads_a_page(void)
{
	begin();
	u64 page = fresh_page(CAP_C);
	touch_by(CROWD, by_order, OK_PAGE);
	for (u64 i = 0; i < CROWD; i++)
		CHECK_EQ(seen[i], word_of(page, i));
}

/* The page is in the tests' own space; D is another. */
static void a_mapped_page(u64 (*how)(u64))
{
	begin();
	place_new(AREA, CAP_A);
	u64 page = fresh_page(CAP_C);
	place(AREA, CAP_A, CAP_C);
	all_touch(how, OK_PAGE);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(seen[i], word_of(page, i));
}

static void a_page_is_loaded_from(void)
{
	a_mapped_page(by_load);
}

static void a_page_is_stored_to(void)
{
	a_mapped_page(by_store);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(load((u64 *)AREA + 100 + i), i);
}

static void a_page_is_sent_from(void)
{
	a_mapped_page(by_sending);
}

static void a_page_is_received_into(void)
{
	a_mapped_page(by_receiving);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(load((u64 *)AREA + 100 + i), 0);
}

static void a_node_is_read(void)
{
	begin();
	u64 node = next_node++;
	get(NODES, node, CAP_C);
	all_touch(by_node, OK_NODE);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(seen[i], 7000 + node);
}

static void a_process_is_read(void)
{
	begin();
	u64 process = next_process++;
	get(PROCESSES, process, CAP_C);
	all_touch(by_process, OK_PROCESS);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(seen[i], 9000 + process);
}

/* The node and the page in its slot 0 are absent. */
static void a_tree_is_walked(void)
{
	begin();
	u64 before = fetched(OK_PAGE);
	get(NODES, LEAF, CAP_C);
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(AREA), CAP_C));
	all_touch(by_load, OK_NODE);
	CHECK_EQ(fetched(OK_PAGE) - before, 1);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(seen[i], word_of(PAGES - 1, i));
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(node_set(CAP_TMP, ROOT_SLOT(AREA), 0));
}

static void each_its_own_page(void)
{
	u64 page[TOUCHERS];
	begin();
	for (u64 i = 0; i < TOUCHERS; i++) {
		page[i] = fresh_page(CAP_C);
		toucher(by_order, MAIN_PRIORITY - 1);
	}
	u64 before = fetched(OK_PAGE);
	await(TOUCHERS);
	CHECK_EQ(fetched(OK_PAGE) - before, TOUCHERS);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(seen[i], word_of(page[i], i));
}

/* Several pages whose OIDs have the same hash, and several for each. */
static void pages_that_share_a_queue(void)
{
	begin();
	for (u64 i = 0; i < 2 * TOUCHERS; i++) {
		get_page(SHARED + NODE_SLOTS * (i % 3), CAP_C);
		toucher(by_order, MAIN_PRIORITY - 1 - i % 2);
	}
	u64 before = fetched(OK_PAGE);
	await(2 * TOUCHERS);
	CHECK_EQ(fetched(OK_PAGE) - before, 3);
	for (u64 i = 0; i < 2 * TOUCHERS; i++)
		CHECK_EQ(seen[i], word_of(SHARED + NODE_SLOTS * (i % 3), i));
}

/* Every page of a node, each process in an order of its own. */
static u64 by_walking(u64 me)
{
	u64 wrong = 0, word = 0;
	for (u64 i = 0; i < SHARED; i++) {
		u64 page = (i * (me % 7 + 1) + me) % SHARED;
		node_get(CAP_C, page, CAP_E);
		wrong += page_read(CAP_E, 8 * me, &word, 8) != RC_OK;
		wrong += word != word_of(LAST + page, me);
	}
	return wrong;
}

static void many_pages_in_any_order(void)
{
	begin();
	get(GROUPS, LAST / NODE_SLOTS, CAP_C);
	for (u64 i = 0; i < 2 * TOUCHERS; i++)
		toucher(by_walking, MAIN_PRIORITY - 1);
	u64 before = fetched(OK_PAGE);
	await(2 * TOUCHERS);
	CHECK_EQ(fetched(OK_PAGE) - before, SHARED);
	for (u64 i = 0; i < 2 * TOUCHERS; i++)
		CHECK_EQ(seen[i], 0);
}

/*
 * Two go from page to page in step, so that one often looks for the page in the
 * moment in which it comes.  Were its wakeup lost, both would stand still.
 */
static u64 steps, step_end;

static u64 by_stepping(u64 me)
{
	u64 wrong = 0, word = 0;
	for (u64 page = STEP; page < step_end; page++) {
		add(&steps, 1);
		while (load(&steps) < 2 * (page - STEP + 1))
			;
		node_get(CAP_C, page / NODE_SLOTS, CAP_E);
		node_get(CAP_E, page % NODE_SLOTS, CAP_E);
		wrong += page_read(CAP_E, 8 * me, &word, 8) != RC_OK;
		wrong += word != word_of(page, me);
	}
	return wrong;
}

/* A kernel that checks itself needs too long for all of them. */
static u64 steps_end(void)
{
	struct inspect_machine m;
	u64 index = 0;
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	CHECK_OK(inspect(CAP_TMP, INSPECT_MACHINE, &index, 0, &m, sizeof(m)));
	return m.debug ? STEP + NODE_SLOTS : LAST;
}

static void two_in_step(void)
{
	begin();
	store(&steps, 0);
	step_end = steps_end();
	CHECK_OK(kit(KIT_ABSENT, CAP_C));
	CHECK_OK(node_get(CAP_C, GROUPS, CAP_C));
	for (u64 i = 0; i < 2; i++)
		toucher(by_stepping, MAIN_PRIORITY - 1);
	u64 before = fetched(OK_PAGE);
	await(2);
	CHECK_EQ(fetched(OK_PAGE) - before, step_end - STEP);
	CHECK_EQ(seen[0] + seen[1], 0);
}

static void a_null_page_needs_no_disk(void)
{
	u64 before = disk_look().reads, word = 1;
	for (u64 i = 0; i < TOUCHERS; i++) {
		page_new(CAP_C);
		CHECK_OK(page_read(CAP_C, 8, &word, 8));
		CHECK_EQ(word, 0);
	}
	CHECK_EQ(disk_look().reads, before);
}

/* Whoever waited may be stopped: nobody else waits for it. */
static void the_first_is_stopped(void)
{
	begin();
	u64 page = fresh_page(CAP_C), before = fetched(OK_PAGE);
	toucher(by_order, MAIN_PRIORITY - 1);
	CHECK_OK(process_stop(CAP_E, CAP_A)); /* it resumes by A */
	for (u64 i = 1; i < TOUCHERS; i++)
		toucher(by_order, MAIN_PRIORITY - 1);
	store(&go, 1);
	message_send(CAP_A, &(struct message){ .w = { RC_OK } });
	CHECK_OK(range_make(CAP_PROCESSES, 0, CAP_E));
	CHECK_OK(process_stop(CAP_E, CAP_A));
	AWAIT(load(&done) >= TOUCHERS - 1);
	message_send(CAP_A, &(struct message){ .w = { RC_OK } });
	AWAIT(load(&done) == TOUCHERS);
	CHECK_EQ(fetched(OK_PAGE) - before, 1);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(seen[i], word_of(page, i));
}

/*
 * Who is woken to take a request is stopped before it runs, for its priority
 * is the lowest: the next must get the request all the same.
 */
static void one_that_waits_for_a_request_is_stopped(void)
{
	u64 page[TOUCHERS];
	begin();
	for (u64 i = 0; i < TOUCHERS; i++) {
		page[i] = fresh_page(CAP_C);
		toucher(by_order, i == 1 ? 1 : MAIN_PRIORITY - 1);
	}
	store(&go, 1);
	AWAIT(load(&done) >= 1);
	CHECK_OK(range_make(CAP_PROCESSES, 1, CAP_E));
	CHECK_OK(process_stop(CAP_E, CAP_A));
	AWAIT(load(&done) >= TOUCHERS - 1);
	message_send(CAP_A, &(struct message){ .w = { RC_OK } });
	AWAIT(load(&done) == TOUCHERS);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK_EQ(seen[i], word_of(page[i], i));
}

/* Void, or the right word. */
static u64 by_chance(u64 me)
{
	u64 word = 0, result = page_read(CAP_C, 8 * me, &word, 8);
	HELPER_CHECK(result == RC_OK || result == RC_VOID);
	return result == RC_OK ? word : RC_VOID;
}

static void a_page_is_destroyed_as_it_comes(void)
{
	begin();
	u64 page = fresh_page(CAP_C);
	for (u64 i = 0; i < TOUCHERS; i++)
		toucher(by_chance, MAIN_PRIORITY - 1 + i % 2);
	CHECK_OK(kit(KIT_ABSENT, CAP_A));
	CHECK_OK(node_get(CAP_A, ALL_PAGES, CAP_A));
	u64 before = fetched(OK_PAGE);
	store(&go, 1);
	CHECK_OK(range_destroy(CAP_A, page));
	AWAIT(load(&done) == TOUCHERS);
	CHECK_EQ(fetched(OK_PAGE) - before, 1);
	for (u64 i = 0; i < TOUCHERS; i++)
		CHECK(seen[i] == word_of(page, i) || seen[i] == RC_VOID ||
		      seen[i] == 0);
	CHECK_OK(range_make(CAP_A, page, CAP_C));
	CHECK_EQ(page_word(CAP_C, 8), 0);
}

/* At the end: all requests are free again, no more were used than there are,
   and if the disk is slow somebody did wait. */
static void the_books_are_in_order(void)
{
	struct inspect_queue q = { .name = "" };
	u64 stalled = 0, index = 0;
	AWAIT(disk_look().taken == 0);
	CHECK(disk_look().most <= disk_look().requests);
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	for (u64 i = 0; inspect(CAP_TMP, INSPECT_QUEUE, &index, 0, &q,
				sizeof(q)) == RC_OK; index = ++i) {
		if (strncmp(q.name, "object I/O", 10) == 0)
			stalled += q.enqueued;
		if (strcmp(q.name, "I/O requests") == 0 && is_slow() &&
		    disk_look().requests == 1)
			CHECK(q.enqueued > 0);
		CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	}
	CHECK(!is_slow() || stalled > 0);
}

/* Every page of the tests' own space is touched, so that none comes in while
   the disk's reads are counted. */
static void touch_own_pages(void)
{
	u64 word;
	for (u64 i = 0; i < NODE_SLOTS * NODE_SLOTS; i++) {
		CHECK_OK(kit(KIT_SPACE, CAP_TMP));
		CHECK_OK(node_get(CAP_TMP, i / NODE_SLOTS, CAP_TMP));
		if (cap_type_of(CAP_TMP, NULL) != CT_NODE)
			continue;
		CHECK_OK(node_get(CAP_TMP, i % NODE_SLOTS, CAP_TMP));
		if (cap_type_of(CAP_TMP, NULL) == CT_PAGE)
			CHECK_OK(page_read(CAP_TMP, 0, &word, 8));
	}
}

static const struct test_case cases[] = {
	{ "the tests' own pages", touch_own_pages },
	{ "a page is read", a_page_is_read },
	{ "a crowd reads a page", a_crowd_reads_a_page },
	{ "a page is loaded from", a_page_is_loaded_from },
	{ "a page is stored to", a_page_is_stored_to },
	{ "a page is sent from", a_page_is_sent_from },
	{ "a page is received into", a_page_is_received_into },
	{ "a node is read", a_node_is_read },
	{ "a process is read", a_process_is_read },
	{ "a tree is walked", a_tree_is_walked },
	{ "each its own page", each_its_own_page },
	{ "pages that share a queue", pages_that_share_a_queue },
	{ "many pages in any order", many_pages_in_any_order },
	{ "two in step", two_in_step },
	{ "a null page needs no disk", a_null_page_needs_no_disk },
	{ "the first is stopped", the_first_is_stopped },
	{ "one that waits for a request is stopped",
	  one_that_waits_for_a_request_is_stopped },
	{ "a page is destroyed as it comes", a_page_is_destroyed_as_it_comes },
	{ "the books are in order", the_books_are_in_order },
};

int main(void)
{
	test_all(cases, ARRAY_SIZE(cases));
}
