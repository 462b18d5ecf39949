/*
 * The ager: a hand that goes round the headers of a kind, until one is free or
 * it is clear that none can be had.
 */
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/upcall.h>
#include <lock/commit.h>
#include <lock/mrow.h>
#include <obj/age.h>
#include <obj/clean.h>
#include <obj/pin.h>
#include <sched/stall.h>
#include <space/space.h>
#include <store/evict.h>
#include <store/room.h>

/* Headers that the hand passes in one transaction. */
#define STEP 32
/* Rounds in vain after which nothing can be had: in the last of them the age
   does not count. */
#define ROUNDS_MAX (AGE_OLD + 2)

static struct hand {
	struct atomic64 at;    /* headers passed since boot */
	struct atomic64 vain;  /* of them, since there was room */
	struct atomic32 dirty; /* 1: one of these can go when it is clean */
} hands[OK_COUNT];

static struct atomic64 squeeze_at; /* headers taken; 0: never, or done */

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
	if (atomic32_load_relaxed(&o->change) != CH_CLEAN &&
	    !evict_must_stay(o))
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
   The look and the stall are under the lock under which room is made. */
static void wait_for_room(enum obj_kind kind)
{
	struct ring *r = room_queue(kind);
	room_say_full(kind, atomic32_load_relaxed(&hands[kind].dirty));
	start_over(&hands[kind]);
	spin_lock(&r->lock);
	if (!obj_has_room(kind)) {
		room_look_again_locked();
		txn_stall(r);
	}
	spin_unlock(&r->lock);
}

void obj_room_made(enum obj_kind kind)
{
	struct ring *r = room_queue(kind);
	start_over(&hands[kind]);
	spin_lock(&r->lock);
	stall_wake_one_locked(r);
	spin_unlock(&r->lock);
}

/* The pressure sweep: takes all that can be taken, once. */
static seldom void squeeze_all(void)
{
	u64 at = atomic64_load_relaxed(&squeeze_at);
	if (obj_taken() + 1 < at || !atomic64_cas_relaxed(&squeeze_at, at, 0))
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
	if (unlikely(atomic64_load_relaxed(&squeeze_at)))
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

void age_init(u64 squeeze)
{
	atomic64_store_relaxed(&squeeze_at, squeeze ? obj_taken() + squeeze : 0);
}
