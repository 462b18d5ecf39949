#include <base/bits.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/upcall.h>
#include <sched/stall.h>
#include <sched/timed.h>

#define SOURCES_MAX 12

/* Bit per wait queue that somebody may be on; changed under its lock. */
static struct atomic32 in_use;

void timed_alarm(u64 when)
{
	struct hart *h = hart_self();
	if (when >= h->alarm)
		return;
	h->alarm = when;
	timed_program();
}

void timed_program(void)
{
	struct hart *h = hart_self();
	u64 when = MIN(h->alarm, h->quantum_end);
	if (when == h->timer)
		return;
	h->timer = when;
	timer_set(when);
}

void timed_wait(unsigned queue, u64 when)
{
	struct ring *r = queue_ring(Q_WAIT, queue);
	if (time_now() >= when)
		return;
	spin_lock(&r->lock);
	atomic32_or_relaxed(&in_use, 1u << queue);
	timed_alarm(when);
	txn_stall_until(r, when);
}

bool timed_wake_locked(struct ring *r, u64 now)
{
	for (unsigned n = 0; n < TIMED_BATCH; n++) {
		struct cap *hook = hook_first_locked(r);
		if (!hook || hook_hooked(hook)->until > now)
			return true;
		stall_wake_one_locked(r);
	}
	return false;
}

/* Wakes those who are due; returns when the queue wants to be served next. */
static u64 serve_queue(unsigned queue, u64 now)
{
	struct ring *r = queue_ring(Q_WAIT, queue);
	u64 next = TIME_NEVER;
	spin_lock(&r->lock);
	timed_wake_locked(r, now);
	struct cap *hook = hook_first_locked(r);
	if (hook)
		next = hook_hooked(hook)->until;
	else
		atomic32_and_relaxed(&in_use, ~(1u << queue));
	spin_unlock(&r->lock);
	return next;
}

static u64 serve_waits(u64 now)
{
	u32 waiting = atomic32_load_relaxed(&in_use);
	u64 next = TIME_NEVER;
	for (; waiting; waiting &= waiting - 1) {
		u64 when = serve_queue(bit_lowest(waiting), now);
		next = MIN(next, when);
	}
	return next;
}

/* Immutable after boot. */
static timed_source *sources[SOURCES_MAX] = { serve_waits, stall_worry };
static unsigned source_count = 2;

void timed_add(timed_source *source)
{
	if (source_count == SOURCES_MAX)
		panic(__func__, "more than %u sources", SOURCES_MAX);
	sources[source_count++] = source;
}

void timed_serve(u64 now)
{
	struct hart *h = hart_self();
	u64 next = TIME_NEVER;
	h->alarm = TIME_NEVER;
	h->timer = TIME_NEVER; /* it has fired */
	for (unsigned i = 0; i < source_count; i++) {
		u64 when = sources[i](now);
		next = MIN(next, when);
	}
	timed_alarm(next);
}
