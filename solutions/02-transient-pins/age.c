/*
 * The ager: a hand that goes round the headers of a kind, until one is free or
 * it is clear that none can be had.
 */
#include <diag/check.h>
#include <diag/log.h>
#include <hal/irq.h>
#include <hal/upcall.h>
#include <lock/commit.h>
#include <obj/age.h>
#include <obj/clean.h>
#include <obj/pin.h>
#include <sched/stall.h>
#include <sched/timed.h>
#include <space/space.h>
#include <store/evict.h>

/* Headers that the hand passes in one transaction. */
#define STEP 32
/* Rounds in vain after which nothing can be had: in the last of them the age
   does not count. */
#define ROUNDS_MAX (AGE_OLD + 2)
/* What is locked or has a hook tells nobody when it has not any more: so often
   somebody who stalls looks again. */
#define LOOK_AGAIN (10 * TICKS_PER_MS)

static struct hand {
	struct atomic64 at;    /* headers passed since boot */
	struct atomic64 vain;  /* of them, since there was room */
	struct atomic32 dirty; /* 1: since then one was passed that is dirty */
	struct atomic32 said;  /* 1: it was said that the pool is too small */
} hands[OK_COUNT];

static const struct {
	enum queue_group queue;
	const char *name;
} kinds[OK_COUNT] = {
	[OK_PAGE] = { Q_FRAMES, "pages" },
	[OK_NODE] = { Q_NODES, "nodes" },
	[OK_PROCESS] = { Q_PROCESSES, "processes" },
};

static struct atomic64 squeeze; /* 0: never, or done */
static struct atomic64 next_look;

enum outcome {
	STAYS,
	TAKEN,
	UNFINISHED, /* its ring is long: once more */
};

static enum outcome take_clean(struct obj *o)
{
	if (!pin_exclude(o))
		return STAYS;
	/* Who found it before may have stalled on it since. */
	if (evict_must_stay(o)) {
		obj_stay(o);
		return STAYS;
	}
	evict(o);
	return TAKEN;
}

static enum outcome take_locked(struct obj *o)
{
	u32 change = atomic32_load_relaxed(&o->change);
	if (atomic32_load_relaxed(&o->residency) != OBJ_HERE ||
	    change == CH_FROZEN || change == CH_WRITING || pin_holders(o) ||
	    evict_must_stay(o))
		return STAYS;
	if (change == CH_DIRTY && o->kind != OK_PAGE) {
		obj_clean(o); /* by a checkpoint: it stays as it is until then */
		return STAYS;
	}
	if (!evict_undo(o))
		return UNFINISHED;
	if (change == CH_CLEAN)
		return take_clean(o);
	obj_clean(o);
	return STAYS;
}

/* Its lock goes at once: this hart tries many. */
static enum outcome try_to_take(struct obj *o)
{
	if (mrow_try_write(&o->lock) != LOCK_OK)
		return STAYS;
	enum outcome got = take_locked(o);
	if (got != TAKEN) {
		mrow_keep(&o->lock);
		mrow_drop(&o->lock);
	}
	return got;
}

/* The hand passes o.  *ages: it begins to age. */
static enum outcome pass(struct hand *hand, struct obj *o, bool urgent,
			 bool *ages)
{
	u32 age = atomic32_load_relaxed(&o->age);
	*ages = age == 0;
	if (atomic32_load_relaxed(&o->change) != CH_CLEAN)
		atomic32_store_relaxed(&hand->dirty, 1);
	if (age >= AGE_OLD || urgent)
		return try_to_take(o);
	atomic32_store_relaxed(&o->age, age + 1);
	return STAYS;
}

/*
 * One step of the hand.  True: it took one.  What begins to age loses its
 * mappings, so that its next use is noticed.
 */
static bool go_on(enum obj_kind kind, bool urgent)
{
	struct hand *hand = &hands[kind];
	u64 room = obj_headers(kind);
	struct obj *ageing[STEP];
	unsigned n = 0;
	enum outcome got = STAYS;
	for (u64 i = 0; i < MIN(STEP, room) && got == STAYS; i++) {
		u64 at = atomic64_add_relaxed(&hand->at, 1);
		struct obj *o = obj_at(kind, at % room);
		bool ages = false;
		atomic64_add_relaxed(&hand->vain, 1);
		if (o && obj_is_here(o))
			got = pass(hand, o, urgent, &ages);
		if (got == UNFINISHED)
			atomic64_store_relaxed(&hand->at, at);
		else if (got == STAYS && ages && kind != OK_PROCESS)
			ageing[n++] = o;
	}
	if (n)
		space_cut(ageing, n);
	return got == TAKEN;
}

static void start_over(struct hand *hand)
{
	atomic64_store_relaxed(&hand->vain, 0);
	atomic32_store_relaxed(&hand->dirty, 0);
}

/* What is dirty will be clean one day; that all is held, somebody should know.
   At boot there is nothing to wait for. */
static void say_so(enum obj_kind kind)
{
	struct hand *hand = &hands[kind];
	const char *name = kinds[kind].name;
	if (!hart_self()->current)
		panic("pools", "%s=%lu is too few: all are in use at boot",
		      name, obj_headers(kind));
	if (!atomic32_load_relaxed(&hand->dirty) &&
	    atomic32_add_relaxed(&hand->said, 1) == 0)
		log_printf("pools: all %lu %s are pinned, locked or waiting: "
			   "%s= is too few\n",
			   obj_headers(kind), name, name);
}

static void wait_for_room(enum obj_kind kind)
{
	struct ring *r = queue_ring(kinds[kind].queue, 0);
	say_so(kind);
	start_over(&hands[kind]);
	u64 next = time_now() + LOOK_AGAIN;
	spin_lock(&r->lock);
	if (!obj_has_room(kind)) {
		atomic64_store_relaxed(&next_look, next);
		timed_alarm(next);
		txn_stall(r);
	}
	spin_unlock(&r->lock);
}

void obj_room_made(enum obj_kind kind)
{
	struct ring *r = queue_ring(kinds[kind].queue, 0);
	start_over(&hands[kind]);
	spin_lock(&r->lock);
	stall_wake_one_locked(r);
	spin_unlock(&r->lock);
}

/* All who stall look again; a long queue is woken a batch at a time. */
static u64 look_again(u64 now)
{
	bool done = true;
	u64 next = atomic64_load_relaxed(&next_look);
	if (now < next)
		return next;
	atomic64_store_relaxed(&next_look, TIME_NEVER);
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		struct ring *r = queue_ring(kinds[kind].queue, 0);
		spin_lock(&r->lock);
		done &= stall_wake_some_locked(r, TIMED_BATCH);
		spin_unlock(&r->lock);
	}
	if (!done)
		atomic64_store_relaxed(&next_look, now);
	return done ? TIME_NEVER : now;
}

/* The pressure sweep: takes all that can be taken, once. */
static seldom void squeeze_all(void)
{
	u64 k = atomic64_load_relaxed(&squeeze);
	if (obj_taken() + 1 < k || !atomic64_cas_relaxed(&squeeze, k, 0))
		return;
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		for (u64 i = 0; i < obj_headers(kind); i++) {
			struct obj *o = obj_at(kind, i);
			while (o && try_to_take(o) == UNFINISHED)
				;
		}
	}
}

void obj_make_room(enum obj_kind kind)
{
	struct hand *hand = &hands[kind];
	u64 room = obj_headers(kind);
	assert_not_committed();
	if (unlikely(atomic64_load_relaxed(&squeeze)))
		squeeze_all();
	while (!obj_has_room(kind)) {
		u64 vain = atomic64_load_relaxed(&hand->vain);
		if (vain >= ROUNDS_MAX * room)
			wait_for_room(kind);
		else if (go_on(kind, vain >= (ROUNDS_MAX - 1) * room))
			start_over(hand);
		else if (hart_self()->current)
			txn_restart();
	}
}

void age_init(u64 at)
{
	atomic64_store_relaxed(&squeeze, at);
	atomic64_store_relaxed(&next_look, TIME_NEVER);
	timed_add(look_again);
}
