#include <diag/log.h>
#include <hal/irq.h>
#include <proc/process.h>
#include <sched/stall.h>
#include <sched/timed.h>
#include <store/room.h>

#define LOOK_AGAIN (10 * TICKS_PER_MS)

static struct atomic64 next_look; /* ticks, or TIME_NEVER */
static struct atomic32 said[OK_COUNT];

struct ring *room_queue(enum obj_kind kind)
{
	static const enum queue_group groups[OK_COUNT] = {
		[OK_PAGE] = Q_FRAMES, [OK_NODE] = Q_NODES,
		[OK_PROCESS] = Q_PROCESSES,
	};
	return queue_ring(groups[kind], 0);
}

void room_look_again_locked(void)
{
	u64 next = time_now() + LOOK_AGAIN;
	if (next >= atomic64_load_relaxed(&next_look))
		return; /* one is due before that, and not put off */
	atomic64_store_relaxed(&next_look, next);
	timed_alarm(next);
}

/* A long queue is woken a batch at a time. */
static u64 look_again(u64 now)
{
	bool done = true;
	u64 next = atomic64_load_relaxed(&next_look);
	if (now < next)
		return next;
	atomic64_store_relaxed(&next_look, TIME_NEVER);
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		struct ring *r = room_queue((enum obj_kind)kind);
		spin_lock(&r->lock);
		done &= stall_wake_some_locked(r, TIMED_BATCH);
		spin_unlock(&r->lock);
	}
	if (done)
		return TIME_NEVER;
	atomic64_store_relaxed(&next_look, now);
	return now;
}

void room_init(void)
{
	atomic64_store_relaxed(&next_look, TIME_NEVER);
	timed_add(look_again);
}

void room_say_full(enum obj_kind kind, bool dirty)
{
	static const char *const names[] = { "pages", "nodes", "processes" };
	if (!proc_current())
		panic("pools", "%s=%lu is too few: all are in use at boot",
		      names[kind], obj_headers(kind));
	if (!dirty && atomic32_add_relaxed(&said[kind], 1) == 0)
		log_printf("pools: all %lu %s are pinned, locked or waiting: "
			   "%s= is too few\n",
			   obj_headers(kind), names[kind], names[kind]);
}
