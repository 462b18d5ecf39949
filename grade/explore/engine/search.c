/*
 * The search: all runs up to a bound on what is out of the ordinary, smallest
 * bound first, so that the first failure has as few preemptions as any.
 * Sources: M. Musuvathi and S. Qadeer, "Iterative Context Bounding for
 * Systematic Testing", 2007, and "Partial-Order Reduction for Context-Bounded
 * State Exploration", 2007; K. Coons, M. Musuvathi and K. McKinley, "Bounded
 * Partial-Order Reduction", 2013.
 *
 * It goes down one path of questions, and back to the last that has another
 * answer, whose state was saved.  Interleavings that come to the same are not
 * run twice: a state that is met again is not searched again.
 *
 * Why that loses nothing, bound and all
 *  1. A state (state.c) is everything that decides what comes: the program's
 *     data, which has the machine's in it (who runs, store buffers, interrupts
 *     raised, timers, devices, the time), the stacks of the harts, and what
 *     each hart is ordered behind (order.c).  So two paths that come to one
 *     state have the same questions before them, with the same answers at the
 *     same cost, the same looks of still() and final(), and the same failures.
 *     Accesses that do not touch each other lead to one state in either order:
 *     that is the partial order, found rather than deduced, so no rule about
 *     which events commute (a store that drains, an interrupt, a timer) has to
 *     be believed.
 *  2. A state was searched with so much left to spend.  It is passed over only
 *     when no more is left this time: all that could follow, has.  Who runs is
 *     part of the state, so going on is free in both or in neither.  That is
 *     what reductions that compare events have to add conservative questions
 *     for when there is a bound.
 *  3. A state that is on the path itself, for the run goes in a circle, is
 *     being searched, with at least as much left.  The run goes on from there
 *     as it does by itself, until it meets something new or has no end.
 *  4. What decides where questions are asked (words.c) is fixed during a
 *     search; when something is learnt it begins again and knows no states.
 *
 * Left out of a state is what only tells: where an access stands in the run,
 * words that the scenario calls quiet; and how long a hart has run without
 * another, which only breaks an endless loop (STREAK_MAX).  Two states are taken
 * for one when their digests of 64 bits are the same.
 *
 * When a bound brings no new state, none will: then all runs there are were
 * searched, whatever they spend.
 *
 * For each state searched the table has how many runs go on from there, by what
 * they spend, so the runs that were passed over are counted exactly; but for
 * rounds of a circle, each counted once.  `reduce=0` passes over nothing.
 */
#include <explore.h>

#include "engine.h"

#include <string.h>

/* So many that it does not matter how many. */
static u64 sum(u64 a, u64 b)
{
	return a + b < a ? ~0ul : a + b;
}

/* Where the runs from the present question on are counted. */
static u64 *counts(void)
{
	struct explorer *x = explorer;
	return x->depth ? x->path[x->depth - 1].runs : x->found;
}

static u32 left(void)
{
	return explorer->bound - explorer->spent;
}

#define OUTCOME 0x0123456789abcdeful

/* A run ends in this state. */
void outcome_note(void)
{
	struct explorer *x = explorer;
	u64 digest;
	if (x->mode != SEARCH)
		return;
	digest = state_digest_data() ^ OUTCOME;
	if (table_find(digest) != NOT_KNOWN)
		return;
	table_add(digest);
	x->outcomes++;
}

/* The open question is on the path from now on. */
static void push(u32 known)
{
	struct explorer *x = explorer;
	struct question *q = &x->path[x->depth++];
	*q = (struct question){ .step = machine.step,
				.n = (u8)x->options,
				.spent = x->spent,
				.known = known,
				.state = x->options > 1 ? state_save()
							: state_saved() };
	for (u32 i = 0; i < x->options; i++)
		q->choice[i] = x->asked[i];
}

/* All runs from the last question on the path were searched. */
static void pop(void)
{
	struct explorer *x = explorer;
	struct question *q = &x->path[--x->depth];
	u64 *c = counts();
	for (u32 i = q->spent; i <= x->bound; i++)
		c[i] = sum(c[i], q->runs[i]);
	if (q->known != NOT_KNOWN) {
		struct known *k = table_at(q->known);
		for (u32 i = q->spent; i <= x->bound; i++)
			k->runs[i - q->spent] = q->runs[i];
		k->done = true;
	}
	state_drop(q->state);
}

/*
 * A state that was met before: true if its runs are counted, and need not be
 * made.  One that is on the path itself is gone through once more, without
 * its questions: they are being asked.
 */
static bool is_searched(const struct known *k)
{
	u64 *c = counts();
	if (!k->done || k->left < left() ||
	    (explorer->shortens && k->step > machine.step))
		return false;
	for (u32 i = 0; i <= left(); i++)
		c[explorer->spent + i] =
			sum(c[explorer->spent + i], k->runs[i]);
	return true;
}

/* The state's place in the table, for a search of all its runs. */
static void meet(u32 place, u64 digest)
{
	struct explorer *x = explorer;
	if (x->depth == PATH_MAX || !state_has_room()) {
		x->cut = true;
		return;
	}
	if (x->reduces && place == NOT_KNOWN)
		place = table_add(digest);
	if (place != NOT_KNOWN) {
		struct known *k = table_at(place);
		k->left = (u8)left();
		k->step = machine.step;
		k->done = false;
	}
	push(place);
}

/* From the open question as far as the first answers lead. */
static void go_down(void)
{
	struct explorer *x = explorer;
	while (x->options && !(x->shortens && !is_short())) {
		u64 digest = x->reduces ? state_digest() : 0;
		u32 place = x->reduces ? table_find(digest) : NOT_KNOWN;
		if (place == NOT_KNOWN) {
			meet(place, digest);
		} else if (is_searched(table_at(place))) {
			x->runs++;
			return;
		} else if (table_at(place)->done) {
			meet(place, digest);
		}
		run_piece(0);
	}
	x->runs++;
	if (!x->options && x->failure == HOLDS)
		counts()[x->spent] = sum(counts()[x->spent], 1);
}

/* The next answer to the last question that has one; false: there is none. */
static bool take_next(void)
{
	struct explorer *x = explorer;
	for (; x->depth; pop()) {
		struct question *q = &x->path[x->depth - 1];
		while (++q->at < q->n) {
			const struct choice *c = &q->choice[q->at];
			if (q->spent + c->cost > x->bound)
				continue;
			state_restore(q->state);
			x->spent = q->spent + c->cost;
			run_piece(q->at);
			return true;
		}
	}
	return false;
}

static void begin(void)
{
	struct explorer *x = explorer;
	x->failure = HOLDS;
	x->depth = 0;
	x->spent = 0;
	memset(x->found, 0, sizeof(x->found));
	state_drop(0);
	state_restore_begin();
	x->asked = machine.asked;
	x->options = machine_first();
	if (x->options < 2)
		run_piece(0);
}

static void forget(void)
{
	table_clear();
	explorer->asked_in = 0;
	explorer->outcomes = 0;
	explorer->cut = false;
}

/* The first path of a search that knows nothing; and each after it. */
void search_begin(void)
{
	forget();
	begin();
	go_down();
}

bool search_next(void)
{
	if (!take_next())
		return false;
	go_down();
	return true;
}

/* All runs of one bound.  False: one failed, or there are more than `most`. */
static bool search_bound(u64 most)
{
	struct explorer *x = explorer;
	u64 before;
	u32 learnt;
	bool more;
again:
	before = x->runs;
	learnt = words_learnt();
	begin();
	do {
		go_down();
		if (x->failure != HOLDS)
			return false;
		if (words_learnt() != learnt) {
			forget();
			goto again;
		}
		more = take_next();
	} while (more && x->runs < most);
	if (!more)
		x->made = x->runs - before;
	return !more;
}

/*
 * In how many states it was asked, with something left to spend.  If that is as
 * many as with a bound of one less, then no bound brings any more: the last
 * thing out of the ordinary on the way to a new one would be done in a state
 * that can be had for one less, and so the new one could, too.
 */
static void count_asked(void)
{
	struct explorer *x = explorer;
	u32 before = x->asked_in;
	x->asked_in = 0;
	for (u32 i = 0; i < table_count(); i++)
		x->asked_in += table_at(i)->left > 0;
	if (!x->asked_in || x->asked_in != before || x->cut || table_is_full())
		x->complete = 0;
	else if (!x->complete)
		x->complete = x->bound + 1;
}

/* True if all runs of all bounds, as far as they came, hold. */
bool search(u32 bound, u64 most)
{
	struct explorer *x = explorer;
	x->mode = SEARCH;
	for (x->bound = 0; x->bound <= bound; x->bound++) {
		if (!search_bound(most))
			return x->failure == HOLDS;
		count_asked();
		x->finished = x->cut ? x->finished : x->bound + 1;
		x->distinct = 0;
		for (u32 i = 0; i <= x->bound; i++)
			x->distinct = sum(x->distinct, x->found[i]);
	}
	return true;
}
