/*
 * Meetings (kernel/proc/meet.h): a process on hart 0 calls one, or several, one
 * after the other; a process on hart 1 enters the kernel again and again; a
 * third hart comes late, and idles.
 *
 * Each hart writes to data of its own in its transactions, without a lock.  The
 * work of the meeting reads and writes all of them: only the meeting orders
 * that, so whatever is not ordered is found as a data race.
 *
 * Options: meetings=N (1); steps=N: entries of the process on hart 1 (1).
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

#include <proc/meet.h>

#define LOW 5

static struct process *caller, *worker;
static u64 calls;                /* the caller's */
static u64 steps;                /* the worker's */
static u64 held;                 /* meetings: their work's */
static u64 mine[EXPLORE_HARTS];  /* each hart's; in a meeting the work's */

static void setup(void)
{
	processes_init();
	caller = process_make("caller", LOW);
	worker = process_make("worker", LOW);
	for (u32 i = 0; i < 2; i++) {
		explore_on(i);
		meet_join();
		process_load(i ? worker : caller, i);
	}
}

/* One hart is here, and no other anywhere. */
static void hold(void)
{
	explore_note("the meeting is held");
	held++;
	for (u32 i = 0; i < hart_count(); i++) {
		explore_require(!harts[i].current,
				"in meeting %lu hart %u has a process loaded",
				held, i);
		mine[i] = held;
	}
}

static noreturn void call(void)
{
	calls++;
	mine[hart_self()->id]++;
	commit_point();
	meet_call(hold);
	return_to_user();
}

static noreturn void work(void)
{
	steps++;
	mine[hart_self()->id]++;
	commit_point();
	return_to_user();
}

static noreturn void enter_call(void)
{
	process_enters(call);
}

static noreturn void enter_work(void)
{
	process_enters(work);
}

static void user(void)
{
	struct process *p = proc_current();
	bool over = !atomic32_load_acquire(&meet_called);
	if (p == caller && over && calls < explore_option("meetings", 1))
		explore_trap(enter_call);
	if (p == worker && steps < explore_option("steps", 1))
		explore_trap(enter_work);
}

static void still(void)
{
	explore_require(!atomic32_load_relaxed(&meet_called),
			"a meeting is called, and not everybody comes");
}

static void final(void)
{
	u64 wanted = explore_option("meetings", 1), loaded = 0;
	explore_require(held == wanted, "%lu meetings of %lu were held", held,
			wanted);
	for (u32 i = 0; i < hart_count(); i++)
		loaded += harts[i].current != NULL;
	explore_require(loaded == 2, "%lu of 2 processes run on", loaded);
}

static void hart_comes_late(void)
{
	meet_join();
	resched();
}

const struct scenario scenario = {
	.expects = "harts that were called to come to the meeting, to be alone "
		   "in it one by one, and to go on",
	.harts = 2,
	.setup = setup,
	.user = user,
	.still = still,
	.final = final,
	.time_ends = 15 * TICKS_PER_MS,
	.body = { hart_with_process, hart_with_process, hart_comes_late },
};
