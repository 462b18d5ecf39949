/* One run, at once or piece by piece, and the answers that make it. */
#include <explore.h>

#include "engine.h"

#include <base/rand.h>

#define MILE 8 /* accesses of a hart */

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

static void check_end(void)
{
	machine.on = false;
	check_no_hart_spins();
	if (scenario.final)
		scenario.final();
}

/* One run from the beginning; true if it holds. */
bool run_once(void)
{
	struct explorer *x = explorer;
	state_restore_begin();
	x->at = 0;
	x->spent = 0;
	x->events = 0;
	x->failure = HOLDS;
	x->pieces++;
	if (!_setjmp(x->escape)) {
		machine_run();
		check_end();
	}
	machine.on = false;
	x->steps += machine.step;
	x->longest = MAX(x->longest, machine.step);
	return x->failure == HOLDS;
}

/* Goes on with this answer to the next question that is open, or the end. */
void run_piece(u32 answer)
{
	struct explorer *x = explorer;
	u32 before = machine.step;
	x->pieces++;
	x->answer = answer;
	x->options = 0;
	x->failure = HOLDS;
	if (!_setjmp(x->escape)) {
		if (machine.on)
			machine_resume();
		else
			machine_begin(answer);
		if (!x->options) {
			outcome_note();
			check_end();
		}
	}
	x->steps += machine.step - before;
	x->longest = MAX(x->longest, machine.step);
}

/*
 * With nothing left to spend, too, a run may come to a state that is known: it
 * looks now and then, at places that do not depend on how it came there.
 */
static bool is_milestone(void)
{
	return machine.own[machine_self()] % MILE == 0;
}

/*
 * How many answers are to be tried: all, if one out of the ordinary can be
 * afforded; 1 at a milestone; else 0.  A function of its own, for what it knows
 * of the search must not be left in registers, which are part of the state.
 */
static __attribute__((noinline)) u32 open_answers(const struct choice *c, u32 n)
{
	const struct explorer *x = explorer;
	for (u32 i = 1; i < n; i++)
		if (x->spent + c[i].cost <= x->bound)
			return n;
	return x->reduces && is_milestone();
}

static u32 choose_next(const struct choice *c, u32 n)
{
	struct explorer *x = explorer;
	u32 open = open_answers(c, n);
	if (!open)
		return 0;
	x->asked = c;
	x->options = open;
	machine_suspend();
	return x->answer;
}

static u32 choose_random(const struct choice *c, u32 n)
{
	struct explorer *x = explorer;
	struct rand r = { x->random };
	u32 i = 0;
	if ((rand_next(&r) >> 32) % x->odds == 0)
		i = (u32)((rand_next(&r) >> 32) % n);
	x->random = r.state;
	if (!i || x->items == ITEMS_MAX)
		return 0;
	x->item[x->items++] = (struct item){ machine.step, c[i] };
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
			x->spent += c[i].cost;
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

bool run_random(u64 runs, u64 seed)
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
