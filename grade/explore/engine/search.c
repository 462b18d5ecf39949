/*
 * The search: all runs up to a bound on what is out of the ordinary, smallest
 * first, so that the first failure has as few preemptions as any; then runs
 * drawn at random beyond it.  Source of the bound: M. Musuvathi and S. Qadeer,
 * "Iterative Context Bounding for Systematic Testing", 2007.
 */
#include <explore.h>

#include "engine.h"

#include <base/rand.h>

/* Hopeless waiting: nothing is left that could end it. */
static void check_no_hart_spins(void)
{
	for (u32 i = 0; i < machine.harts; i++)
		if (machine.hart[i].standing == SPINS)
			failed(WRONG,
			       "hart %u waits for ever in <code %lx>: no other "
			       "hart can go on either",
			       i, (u64)machine.hart[i].pc);
}

/* One run from the beginning; true if it holds. */
bool run_once(void)
{
	struct explorer *x = explorer;
	snapshot_restore();
	words_begin_run();
	races_begin_run();
	x->at = 0;
	x->spent = 0;
	x->events = 0;
	x->failure = HOLDS;
	x->runs++;
	if (!_setjmp(x->escape)) {
		machine_run();
		machine.on = false;
		check_no_hart_spins();
		if (scenario.final)
			scenario.final();
	}
	machine.on = false;
	x->steps += machine.step;
	x->longest = MAX(x->longest, machine.step);
	return x->failure == HOLDS;
}

static bool is_affordable(const struct explorer *x, const struct choice *c)
{
	return x->spent + c->cost <= x->bound;
}

static u32 choose_next(const struct choice *c, u32 n)
{
	struct explorer *x = explorer;
	bool any = false;
	for (u32 i = 1; i < n && !any; i++)
		any = is_affordable(x, &c[i]);
	if (!any || x->at == TAKEN_MAX)
		return 0;
	struct taken *t = &x->taken[x->at++];
	if (x->at > x->depth) {
		x->depth = x->at;
		*t = (struct taken){ .step = machine.step,
				     .n = (u8)n,
				     .spent = x->spent };
		for (u32 i = 0; i < n; i++)
			t->choice[i] = c[i];
	} else if (t->step != machine.step || t->n != n) {
		failed(WRONG, "the same answers do not give the same run: it "
			      "depends on memory that nobody has written");
	}
	x->spent += t->choice[t->at].cost;
	return t->at;
}

static void item_add(const struct choice *c)
{
	struct explorer *x = explorer;
	if (x->items < ITEMS_MAX)
		x->item[x->items++] = (struct item){ machine.step, *c };
}

static u32 choose_random(const struct choice *c, u32 n)
{
	struct explorer *x = explorer;
	struct rand r = { x->random };
	u32 i = 0;
	if ((rand_next(&r) >> 32) % x->odds == 0)
		i = (u32)((rand_next(&r) >> 32) % n);
	x->random = r.state;
	if (i && x->items < ITEMS_MAX)
		item_add(&c[i]);
	else
		i = 0;
	return i;
}

static bool is_same(const struct choice *a, const struct choice *b)
{
	return a->kind == b->kind && a->on == b->on && a->what == b->what;
}

static u32 choose_as_before(const struct choice *c, u32 n)
{
	struct explorer *x = explorer;
	if (x->at == x->items || x->item[x->at].step != machine.step)
		return 0;
	for (u32 i = 1; i < n; i++)
		if (is_same(&c[i], &x->item[x->at].choice)) {
			x->at++;
			return i;
		}
	return 0;
}

u32 model_choose(const struct choice *c, u32 n)
{
	explorer->questions++;
	if (explorer->mode == SEARCH)
		return choose_next(c, n);
	if (explorer->mode == RANDOM)
		return choose_random(c, n);
	return choose_as_before(c, n);
}

/* To the next path; false when there is none. */
static bool advance(void)
{
	struct explorer *x = explorer;
	for (; x->depth; x->depth--) {
		struct taken *t = &x->taken[x->depth - 1];
		x->spent = t->spent;
		while (++t->at < t->n)
			if (is_affordable(x, &t->choice[t->at]))
				return true;
	}
	return false;
}

/* The answers of the last run of the search, as a list. */
void items_of_search(void)
{
	struct explorer *x = explorer;
	x->items = 0;
	for (u32 i = 0; i < x->at && x->items < ITEMS_MAX; i++) {
		const struct taken *t = &x->taken[i];
		if (t->at)
			x->item[x->items++] =
				(struct item){ t->step, t->choice[t->at] };
	}
}

/*
 * All runs of one bound, from the start again when a word turns out to be
 * shared.  False: one failed, or there are more than `most`.
 */
static bool search_bound(u64 most)
{
	struct explorer *x = explorer;
	u64 distinct = 0;
	u32 learnt = words_learnt();
	bool more = true;
	for (x->depth = 0; more && x->runs < most;) {
		if (!run_once())
			return false;
		distinct += x->spent == x->bound;
		if (words_learnt() == learnt) {
			more = advance();
		} else {
			learnt = words_learnt();
			distinct = 0;
			x->depth = 0;
		}
	}
	x->distinct += distinct;
	return !more;
}

/* True if all runs of all bounds, as far as they came, hold. */
bool search(u32 bound, u64 most)
{
	struct explorer *x = explorer;
	x->mode = SEARCH;
	for (x->bound = 0; x->bound <= bound; x->bound++) {
		if (!search_bound(most)) {
			if (x->failure != HOLDS)
				items_of_search();
			return x->failure == HOLDS;
		}
		x->finished = x->bound + 1;
	}
	return true;
}

bool search_random(u64 runs, u64 seed)
{
	struct explorer *x = explorer;
	for (u64 i = 0; i < runs; i++) {
		struct rand r;
		rand_seed(&r, seed * 1000003 + i);
		x->random = rand_next(&r);
		x->odds = 2u << (rand_next(&r) >> 62);
		x->odds *= 2 + (u32)(i % 5);
		x->mode = RANDOM;
		x->items = 0;
		x->randoms++;
		if (!run_once())
			return false;
	}
	return true;
}

/* Leaves out what a failure that was drawn does not need. */
void shrink(void)
{
	struct explorer *x = explorer;
	x->mode = REPLAY;
	words_take_all(true);
	for (u32 i = x->items; i-- > 0;) {
		struct item left_out = x->item[i];
		for (u32 k = i; k + 1 < x->items; k++)
			x->item[k] = x->item[k + 1];
		x->items--;
		if (!run_once())
			continue;
		for (u32 k = x->items++; k > i; k--)
			x->item[k] = x->item[k - 1];
		x->item[i] = left_out;
	}
}
