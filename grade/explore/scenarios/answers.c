/*
 * Answers that go to a third process: two processes give orders to the kernel,
 * and name by a resume capability who is to get the answer.  Each order is
 * done once, each process that waits is answered once, and nobody waits for
 * ever.
 *
 * The orders are on one page, and both name the same process to be answered.
 * Option: cross=1: they are on the two processes that wait, and each names the
 * target of the other.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c kernel/cap/cap.c
 *	kernel/obj/slot.c
 *	kernel/wait/hook.c kernel/wait/queue.c kernel/sched/sched.c
 *	kernel/sched/timed.c kernel/proc/meet.c kernel/dev/line.c
 *	kernel/proc/process.c kernel/proc/dispatch.c kernel/trap/txn.c
 *	kernel/ipc/op.c kernel/ipc/send.c
 *	solutions/02-transient-pins/pin.c
 *	solutions/01-interrupt-deferral/defer.c solutions/03-mrow-locks/mrow.c
 *	solutions/03-mrow-locks/opset.c
 *	solutions/04-stall-queues/stall.c solutions/05-halting/halt.c
 *	solutions/05-halting/shoot.c
 */
#include "processes.h"

#include <ipc/op.h>
#include <ipc/send.h>

#define HARTS 2

static struct page page;
static u64 contents; /* of the page, under its lock */
static struct msg message[HARTS];
static struct process *waiting[HARTS]; /* who waits for an answer */
static u32 orders[HARTS];  /* done, by each hart's process */
static u32 answers[HARTS]; /* delivered to each that waited; under its lock */

void deliver_open(struct process *p, size_t n, struct umem_window *w)
{
	(void)p, (void)n, (void)w;
	explore_fail("no string is sent here");
}

size_t umem_fill(const struct umem_window *w, const void *from, size_t n)
{
	(void)w, (void)from, (void)n;
	explore_fail("no string is sent here");
}

void deliver(struct process *p, const struct delivery *d)
{
	(void)d;
	for (u32 i = 0; i < HARTS; i++)
		if (waiting[i] == p)
			answers[i]++;
}

static u32 self(void)
{
	return (u32)(proc_current() - procs);
}

static bool crosses(void)
{
	return explore_option("cross", 0);
}

/* The order: all its locks, and the page written. */
static void lock_and_perform(struct msg *m, u32 me)
{
	struct opset set = { 0 };
	struct process *p;
	bool valid = true;
	if (crosses()) {
		valid = op_lock(m, &m->target, &p, NULL, NULL, 0);
		explore_require(p == waiting[me], "another process is locked");
	} else {
		opset_add(&set, &m->target, true);
		op_lock_set(m, &set, 0);
		explore_require(set.member[0].obj == &page.obj,
				"another page is locked");
	}
	explore_require(valid, "a process that lives is said to be void");
	commit_point();
	if (!crosses())
		contents++;
	orders[me]++;
	explore_note("process %u has done its order", me);
}

static noreturn void order(void)
{
	u32 me = self();
	struct msg *m = &message[me];
	lock_and_perform(m, me);
	if (m->answerer && proc_waits_for(m->answerer, &m->resume))
		wake_with(m->answerer, &(struct delivery){ 0 });
	process_ends();
}

static noreturn void enter_order(void)
{
	process_enters(order);
}

/* One that was answered has nothing more to do. */
static void user(void)
{
	if (self() < HARTS)
		explore_trap(enter_order);
	explore_trap(process_ends);
}

/* One that has called, and waits for an answer. */
static struct process *process_waits(void)
{
	struct process *p = process_make("waits", 5);
	p->state = PST_WAITING;
	return p;
}

static void setup(void)
{
	processes_init();
	ring_init(&page.obj.ring, LR_RING);
	atomic32_store_relaxed(&page.obj.residency, OBJ_HERE);
	for (u32 i = 0; i < HARTS; i++)
		process_load(process_make("orders", 5), i);
	for (u32 i = 0; i < HARTS; i++)
		waiting[i] = process_waits();
	for (u32 i = 0; i < HARTS; i++) {
		struct process *other = waiting[crosses() ? 1 - i : 0];
		message[i].control = OP_SEND;
		message[i].resume = proc_resume_cap(other);
		message[i].target = crosses() ?
			mcap_to(proc_obj(waiting[i]), CT_PROCESS, 0, 0) :
			mcap_to(&page.obj, CT_PAGE, 0, 0);
	}
}

static void final(void)
{
	for (u32 i = 0; i < HARTS; i++) {
		explore_require(orders[i] == 1, "process %u has done its order "
				"%u times", i, orders[i]);
		explore_require(answers[i] == (crosses() || i == 0),
				"process %u, which waited, was answered %u "
				"times", HARTS + i, answers[i]);
	}
	explore_require(crosses() || contents == HARTS,
			"the page was written %lu times", contents);
	explore_require(!atomic32_load_relaxed(&page.obj.lock.word),
			"the page is locked in the end");
}

const struct scenario scenario = {
	.expects = "each order to be done, and who waits to be answered, once",
	.harts = HARTS, .setup = setup, .user = user, .final = final,
	.body = { hart_with_process, hart_with_process },
};
