/*
 * Who runs: readying and idling on two harts at once, and the interrupts of a
 * device in between.
 *
 * On hart 0 a process wakes others, which are stalled on its ring, and then
 * computes for ever.  On hart 1 a driver waits for its line again and again;
 * without a device (device=0) it just ends, and the hart idles.  A third hart
 * begins idle.  Whenever nothing moves, nobody who is ready may be waiting for
 * a hart that idles or runs something lower, and no interrupt may be noted
 * without being served.
 *
 * Options: sleepers=N: who is stalled on the ring (1); device=N: interrupts
 * that come (2); routed=M: bit per hart that takes them (3); time=1: quanta
 * may end at any time.
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

#include <base/bits.h>

#define LINE 10
#define LOW 5
#define HIGH 9

static struct process *waker, *driver;
static u64 served; /* interrupts there were when the driver was last served;
		       two that come at once are one to it */
static bool woken; /* the waker has done its part; this hart's only */

static void make_sleeper(void)
{
	struct cap *hook = &process_make("sleeper", LOW)->base.hook;
	hook_set_priority(hook, LOW);
	spin_lock(&proc_ring(waker)->lock);
	hook_link_locked(proc_ring(waker), hook);
	spin_unlock(&proc_ring(waker)->lock);
}

static void setup(void)
{
	u32 device = (u32)explore_option("device", 2);
	processes_init();
	waker = process_make("waker", LOW);
	driver = process_make("driver", HIGH);
	process_load(waker, 0);
	process_load(driver, 1);
	for (u64 i = explore_option("sleepers", 1); i; i--)
		make_sleeper();
	if (device)
		explore_device(LINE, device, (u32)explore_option("routed", 3));
}

static noreturn void wake(void)
{
	explore_note("the waker wakes the sleepers");
	commit_point();
	spin_lock(&proc_ring(waker)->lock);
	stall_wake_some_locked(proc_ring(waker), ~0u);
	spin_unlock(&proc_ring(waker)->lock);
	return_to_user();
}

static noreturn void drive(void)
{
	irq_line_wait(LINE);
	explore_note("the driver has an interrupt");
	commit_point();
	served = irq_acknowledged[LINE];
	return_to_user();
}

static noreturn void enter_wake(void)
{
	process_enters(wake);
}

static noreturn void enter_drive(void)
{
	process_enters(explore_option("device", 2) ? drive : process_ends);
}

static void user(void)
{
	struct process *p = proc_current();
	u32 on = atomic32_load_relaxed(&p->loaded);
	explore_require(on == hart_self()->id + 1,
			"%s runs on hart %u, and is loaded on %u", p->name,
			hart_self()->id, on - 1);
	if (p == driver)
		explore_trap(enter_drive);
	if (p == waker && !woken) {
		woken = true;
		explore_trap(enter_wake);
	}
}

/* Nothing that was noted on this hart is left lying. */
static void check_hart(const struct hart *h)
{
	bool idles = !h->current;
	explore_require(idles || !atomic32_load_relaxed(&h->need_resched),
			"hart %u computes in user mode, and need_resched is "
			"set",
			h->id);
	explore_require(!atomic64_load_relaxed(&h->pending),
			"hart %u %s, and has noted an interrupt that it does "
			"not serve",
			h->id, idles ? "idles" : "computes");
}

/* The process is ready: no hart has anything lower to do. */
static void check_nobody_waits(const struct process *p, u32 priority)
{
	for (u32 i = 0; i < hart_count(); i++) {
		const struct process *on = harts[i].current;
		explore_require(on, "%s is ready, and hart %u idles", p->name,
				i);
		explore_require(hook_priority(&on->base.hook) >= priority,
				"%s is ready, and hart %u runs %s", p->name, i,
				on->name);
	}
}

/* A process with work to do is loaded once, or on one ring. */
static void check_place(const struct process *p)
{
	u32 places = 0;
	struct ring *r = hook_ring(&p->base.hook);
	for (u32 i = 0; i < hart_count(); i++)
		places += harts[i].current == p;
	explore_require(places + (r != NULL) == 1 || p->state != PST_RUNNING,
			"%s is %s", p->name,
			places + (r != NULL) ? "in two places" : "nowhere");
	if (r == queue_ring(Q_READY, hook_priority(&p->base.hook)))
		check_nobody_waits(p, hook_priority(&p->base.hook));
}

static void check_queue(enum queue_group group, u32 i, const char *name)
{
	struct ring *r = queue_ring(group, i);
	explore_require(!atomic32_load_relaxed(&r->lock.taken),
			"the lock of %s is held, and nobody will release it",
			name);
	ring_check(r, name);
}

static void still(void)
{
	check_queue(Q_READY, LOW, "ready 5");
	check_queue(Q_READY, HIGH, "ready 9");
	check_queue(Q_IRQ, LINE, "line 10");
	for (u32 i = 0; i < hart_count(); i++)
		check_hart(&harts[i]);
	for (u32 i = 0; i < proc_count; i++)
		check_place(&procs[i]);
}

static void final(void)
{
	u64 wanted = explore_option("device", 2);
	explore_require(irq_acknowledged[LINE] == wanted,
			"the line stays masked: %lu of %lu interrupts came",
			irq_acknowledged[LINE], wanted);
	explore_require(served == wanted,
			"the driver was not served after interrupt %lu of %lu",
			served + 1, wanted);
	explore_require(harts[0].current || harts[1].current,
			"nobody computes");
}

const struct scenario scenario = {
	.expects = "ready processes to run as soon as a hart is free for them, "
		   "and every interrupt to reach its driver",
	.harts = 2,
	.setup = setup,
	.user = user,
	.still = still,
	.final = final,
	.time_ends = 15 * TICKS_PER_MS,
	.body = { hart_with_process, hart_with_process, hart_without_process },
};
