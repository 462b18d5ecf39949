/*
 * Making a failure small.  As few things out of the ordinary as any: the search
 * finds it so, and of one that was drawn at random all is left out that it does
 * not need (A. Zeller, "Yesterday, my program worked", 1999).  Then, of all runs
 * that fail like that and spend no more, one that needs the fewest harts, and
 * of those the fewest accesses; as far as SHORTER_RUNS runs can tell.
 */
#include "engine.h"

#include <string.h>

#define SHORTER_RUNS 20000

/* The answers on the path of the search that were not the first, as a list. */
static void items_of_path(void)
{
	struct explorer *x = explorer;
	x->items = 0;
	for (u32 i = 0; i < x->depth && x->items < ITEMS_MAX; i++) {
		const struct question *q = &x->path[i];
		if (q->at)
			x->item[x->items++] =
				(struct item){ q->step, q->choice[q->at] };
	}
}

/* Leaves out `n` answers, if the run fails without them like with them. */
static bool leave_out(u32 at, u32 n, const char *says)
{
	struct explorer *x = explorer;
	struct item before[ITEMS_MAX];
	u32 items = x->items;
	memcpy(before, x->item, sizeof(before));
	memmove(&x->item[at], &x->item[at + n],
		(items - at - n) * sizeof(struct item));
	x->items -= n;
	if (!run_once() && x->says == says)
		return true;
	memcpy(x->item, before, sizeof(before));
	x->items = items;
	return false;
}

/* Half of them at once, a quarter, ... one; and one until none can go. */
static void leave_out_all(const char *says)
{
	struct explorer *x = explorer;
	bool any = true;
	for (u32 n = MAX(x->items / 2, 1u); n > 1 || any; n = MAX(n / 2, 1u)) {
		any = false;
		for (u32 at = x->items; at > 0;) {
			u32 size = MIN(n, at);
			at -= size;
			any |= leave_out(at, size, says);
		}
	}
}

void shrink(void)
{
	struct explorer *x = explorer;
	x->mode = REPLAY;
	words_take_all(true);
	leave_out_all(x->says);
	run_once();
	words_take_all(false);
	if (x->spent <= BOUND_MAX)
		shorten();
}

static u32 harts_begun(void)
{
	u32 n = 0;
	for (u32 i = 0; i < machine.harts; i++)
		n += machine.hart[i].begun;
	return n;
}

bool is_short(void)
{
	const struct explorer *x = explorer;
	u32 harts = harts_begun();
	return harts < x->shortest.harts ||
	       (harts == x->shortest.harts && machine.step < x->shortest.step);
}

static void keep_shortest(void)
{
	explorer->shortest.harts = harts_begun();
	explorer->shortest.step = machine.step;
}

/* The run that has just failed, and what it spent. */
void shorten(void)
{
	struct explorer *x = explorer;
	const char *says = x->says;
	u64 runs = x->runs;
	if (x->mode == SEARCH)
		items_of_path();
	if (x->failure == ENDLESS)
		return; /* each run of that kind takes its time */
	keep_shortest();
	x->mode = SEARCH;
	x->reduces = true;
	x->shortens = true;
	x->bound = x->spent;
	search_begin();
	do {
		if (x->failure != HOLDS && x->says == says && is_short()) {
			items_of_path();
			keep_shortest();
		}
	} while (x->runs < runs + SHORTER_RUNS && search_next());
	x->runs = runs;
}
