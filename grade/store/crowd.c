/*
 * How many of those who wait for a checkpoint one round of dispatch wakes: the
 * rounds are told apart by the transaction number of the hart.
 */
#include <boot/scenario.h>
#include <hal/hart.h>
#include <sched/sched.h>
#include <wait/hook.h>
#include <wait/queue.h>

void __real_sched_wake_locked(struct cap *hook);
void __wrap_sched_wake_locked(struct cap *hook);

/* Not static: read from outside. */
u64 crowd_woken, crowd_most;

static u64 round, in_round;

void scenario_boot(void)
{
}

void __wrap_sched_wake_locked(struct cap *hook)
{
	u64 now = atomic64_load_relaxed(&hart_self()->txn);
	if (hook_ring(hook) == queue_ring(Q_CHECKPOINT, 0)) {
		in_round = now == round ? in_round + 1 : 1;
		round = now;
		crowd_most = MAX(crowd_most, in_round);
		crowd_woken++;
	}
	__real_sched_wake_locked(hook);
}
