#include <base/bits.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <sched/stall.h>
#include <sched/timed.h>

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

/* Wakes those who are due; returns when the queue wants to be served next. */
static u64 serve(unsigned queue, u64 now)
{
	struct ring *r = queue_ring(Q_WAIT, queue);
	u64 next = TIME_NEVER;
	spin_lock(&r->lock);
	for (unsigned n = 0; ring_has_hooks_locked(r); n++) {
		next = hook_hooked(hook_first_locked(r))->until;
		if (next > now || n == TIMED_BATCH)
			break;
		stall_wake_one_locked(r);
	}
	if (!ring_has_hooks_locked(r)) {
		next = TIME_NEVER;
		atomic32_and_relaxed(&in_use, ~(1u << queue));
	}
	spin_unlock(&r->lock);
	return next;
}

void timed_serve(u64 now)
{
	struct hart *h = hart_self();
	u32 waiting = atomic32_load_relaxed(&in_use);
	u64 next = TIME_NEVER;
	for (; waiting; waiting &= waiting - 1) {
		u64 when = serve(bit_lowest(waiting), now);
		next = MIN(next, when);
	}
	h->alarm = TIME_NEVER;
	h->timer = TIME_NEVER; /* it has fired */
	timed_alarm(MIN(next, stall_worry(now)));
}
