/*
 * The locking disciplines (kernel/lock/discipline.h), each in a scenario of its
 * own, discipline_NAME.c, which says what an attempt excludes.
 *
 * A process on each hart enters the kernel.  Its transaction tries an object's
 * lock, as marshalling does, then takes two objects' operation locks and counts
 * in both.  An attempt that excludes others writes a word that those others
 * read, with no lock: only the discipline orders that, so if it does not it is
 * a data race.  When all are done one of them enters once more, and must find
 * that all is forgotten.
 *
 * Options: rounds=N: entries of each process (1); halt=1: process 0 halts
 * process 1 in its transactions, whose hart may then be left with something
 * due (lock/discipline.h, invariant 3).
 */
#pragma once

#include "processes.h"

#include <lock/discipline.h>

/* What an attempt must exclude. */
enum excluded {
	NOTHING,
	RETRIES,  /* one after a failure: others after a failure */
	ALL,      /* one after a failure: all */
	ALL_EVER, /* each: all */
};

static const enum excluded excludes; /* by the scenario */

static struct obj objects[2];
static u64 sums[2];                  /* under the objects' locks */
static u64 word;                     /* under no lock */
static u64 seen[EXPLORE_HARTS];      /* of each: hart.serialized */
static bool failed[EXPLORE_HARTS];   /* of each: its last attempt */
static u64 rounds[PROCS_MAX];        /* of each process */
static struct atomic32 done[PROCS_MAX]; /* of each: it has done them all */
static struct atomic32 last;         /* 1 + process that enters once more */

/* All have done theirs, and this one enters once more. */
static bool is_last(u64 process)
{
	return atomic32_load_relaxed(&last) == process + 1;
}

static bool excludes_others(struct hart *h)
{
	bool serialized = h->serialized != seen[h->id];
	seen[h->id] = h->serialized;
	explore_require(explore_option("halt", 0) || !serialized ||
				!is_last(proc_obj(h->current)->oid),
			"nobody contends any more, and still hart %u is "
			"serialized", h->id);
	explore_require(!failed[h->id] || serialized || excludes < RETRIES ||
				excludes == ALL_EVER,
			"hart %u tries again and excludes nobody", h->id);
	failed[h->id] = false;
	return serialized || excludes == ALL_EVER;
}

/* Once at the beginning of an attempt, once at its end. */
static void use_word(bool excluding)
{
	if (excluding && excludes != NOTHING)
		word++;
	else if (excludes == ALL)
		explore_require(word < 100, "nobody counts that far");
}

static void marshal(struct hart *h)
{
	struct mrow *l = &objects[1].lock;
	if (mrow_try_read(l) != LOCK_OK) {
		failed[h->id] = true;
		discipline_restart(l);
	}
	mrow_release_all();
}

static noreturn void work(void)
{
	struct hart *h = hart_self();
	u64 me = proc_obj(h->current)->oid;
	bool excluding = excludes_others(h);
	use_word(excluding);
	marshal(h);
	if (explore_option("halt", 0) && me == 0)
		halt_and_lock(&procs[1]);
	for (u32 i = 0; i < 2; i++)
		discipline_write(&objects[i].lock);
	commit_point();
	for (u32 i = 0; i < 2; i++)
		sums[i]++;
	rounds[me]++;
	use_word(excluding);
	return_to_user();
}

static noreturn void enter(void)
{
	process_enters(work);
}

static bool are_all_done(void)
{
	u32 n = 0;
	for (u32 i = 0; i < hart_count(); i++)
		n += atomic32_load_relaxed(&done[i]);
	return n == hart_count();
}

/* An interrupt may come anywhere here, and then it begins again. */
static void user(void)
{
	u64 me = proc_obj(proc_current())->oid;
	u64 wanted = explore_option("rounds", 1);
	if (rounds[me] < wanted)
		explore_trap(enter);
	fence_full(); /* what it did in the kernel is seen before this */
	atomic32_store_relaxed(&done[me], 1);
	fence_full();
	if (are_all_done())
		atomic32_cas_relaxed(&last, 0, (u32)me + 1);
	if (is_last(me) && rounds[me] == wanted)
		explore_trap(enter);
}

static void setup(void)
{
	processes_init();
	for (u32 i = 0; i < hart_count(); i++)
		process_make("worker", 5);
	for (u32 i = 0; i < hart_count(); i++) {
		explore_on(i);
		discipline_join();
		process_load(&procs[i], i);
	}
}

static void final(void)
{
	u64 wanted = hart_count() * explore_option("rounds", 1) + 1;
	for (u32 i = 0; i < 2; i++)
		explore_require(sums[i] == wanted, "%lu transactions of %lu "
				"counted", sums[i], wanted);
	for (u32 i = 0; i < hart_count(); i++)
		explore_require(!harts[i].guarded,
				"hart %u has left, and holds the "
				"discipline's lock", i);
}

/* What an attempt excludes, and the field that says how many harts. */
#define DISCIPLINE_SCENARIO(what, ...)                                         \
	static const enum excluded excludes = what;                            \
	const struct scenario scenario = {                                     \
		.expects = "transactions that exclude whom they should, all "  \
			   "of which are done in the end",                     \
		__VA_ARGS__,                                                   \
		.setup = setup,                                                \
		.user = user,                                                  \
		.final = final,                                                \
		.time_ends = 15 * TICKS_PER_MS,                                \
		.body = { hart_with_process, hart_with_process,                \
			  hart_with_process, hart_with_process },              \
	}
