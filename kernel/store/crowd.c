#include <base/bits.h>
#include <hal/irq.h>
#include <sched/stall.h>
#include <sched/timed.h>
#include <store/crowd.h>

/* When what each waits for happened last; under the queue's lock. */
static u64 happened[CROWDS];
/* Bit per crowd that somebody is left of who is to be woken; changed under its
   queue's lock. */
static struct atomic32 unfinished;

struct ring *crowd_ring(unsigned crowd)
{
	if (crowd == CROWD_LOG)
		return queue_ring(Q_LOG, 0);
	if (crowd == CROWD_CHECKPOINT)
		return queue_ring(Q_CHECKPOINT, 0);
	return queue_ring(Q_IO, crowd);
}

void crowd_join_locked(unsigned crowd)
{
	txn_stall_until(crowd_ring(crowd), time_now());
}

static void wake_batch_locked(unsigned crowd)
{
	if (timed_wake_locked(crowd_ring(crowd), happened[crowd]))
		atomic32_and_relaxed(&unfinished, ~(1u << crowd));
	else
		atomic32_or_relaxed(&unfinished, 1u << crowd);
}

/*
 * The batches that are left, one of each crowd; none of what has happened in
 * this round, which has woken one already.
 */
static u64 go_on(u64 now)
{
	u32 left = atomic32_load_relaxed(&unfinished);
	for (; left; left &= left - 1) {
		unsigned crowd = bit_lowest(left);
		struct ring *r = crowd_ring(crowd);
		spin_lock(&r->lock);
		if (happened[crowd] < now)
			wake_batch_locked(crowd);
		spin_unlock(&r->lock);
	}
	return atomic32_load_relaxed(&unfinished) ? now : TIME_NEVER;
}

void crowds_init(void)
{
	timed_add(go_on);
}

void crowd_wake_locked(unsigned crowd)
{
	happened[crowd] = time_now();
	wake_batch_locked(crowd);
	if (atomic32_load_relaxed(&unfinished))
		timed_alarm(time_now());
}

void crowd_wake(unsigned crowd)
{
	struct ring *r = crowd_ring(crowd);
	spin_lock(&r->lock);
	crowd_wake_locked(crowd);
	spin_unlock(&r->lock);
}
