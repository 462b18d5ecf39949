/*
 * A stalled process's hook, which three want to move: hart 0 wakes it, from
 * the ring it stalled on to its ready queue; hart 1, which has its lock, takes
 * it off whatever ring it is on; hart 2, if there is one, dispatches.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c kernel/cap/cap.c
 *	kernel/obj/slot.c
 *	kernel/cap/check.c kernel/base/fmt.c
 *	kernel/wait/hook.c kernel/wait/queue.c kernel/sched/sched.c
 *	kernel/sched/timed.c kernel/proc/meet.c kernel/dev/line.c
 *	kernel/proc/process.c kernel/proc/dispatch.c kernel/trap/txn.c
 *	solutions/02-transient-pins/pin.c
 *	solutions/01-interrupt-deferral/defer.c solutions/03-mrow-locks/mrow.c
 *	solutions/04-stall-queues/stall.c solutions/05-halting/halt.c
 *	solutions/05-halting/shoot.c
 */
#include "processes.h"

static struct process *server, *stalled;
static struct cap *popped;

static void setup(void)
{
	processes_init();
	server = process_make("server", 5);
	stalled = process_make("stalled", 5);
	spin_lock(&proc_ring(server)->lock);
	hook_set_priority(&stalled->base.hook, 5);
	hook_link_locked(proc_ring(server), &stalled->base.hook);
	spin_unlock(&proc_ring(server)->lock);
}

static void wake(void)
{
	spin_lock(&proc_ring(server)->lock);
	stall_wake_one_locked(proc_ring(server));
	spin_unlock(&proc_ring(server)->lock);
}

static void take_off(void)
{
	if (mrow_try_write(&proc_obj(stalled)->lock) != LOCK_OK)
		return;
	hook_unlink(&stalled->base.hook);
	explore_require(!hook_ring(&stalled->base.hook),
			"the hook is on a ring, though it was taken off");
	mrow_release_all();
}

static void dispatch(void)
{
	popped = sched_pop();
	explore_require(!popped || !hook_ring(popped),
			"a process was dispatched whose hook is on a ring");
	mrow_release_all();
}

static void final(void)
{
	ring_check(proc_ring(server), "the server's ring");
	ring_check(queue_ring(Q_READY, 5), "ready 5");
	explore_require(!ring_has_hooks_locked(proc_ring(server)),
			"the stalled process was left on the ring");
}

const struct scenario scenario = {
	.expects = "a hook that is on one ring at most, and rings in order",
	.harts = 2,
	.setup = setup,
	.final = final,
	.body = { wake, take_off, dispatch },
};
