/*
 * Processes that halt each other: rings of them, one on each hart, and gangs
 * with one target.  Each gets the lock of its target, in the order in which
 * they came; nobody is left behind, and everybody runs on.
 *
 * Process i is loaded on hart i, those beyond the harts are ready.  A halter
 * enters the kernel, locks its target as the operations on processes do, and
 * writes to it without further ado: only the lock orders that, so who has it
 * wrongly is found as a data race.  Then it computes in user mode; or, where
 * there are more processes than harts, it ends.
 *
 * Options: procs=N (as many as harts), rounds=N: halts by each (1).
 *	gang=1: all halt process 0, which does nothing; else each the next.
 *	yields=N: process 0 gives up its hart so often before it computes, and
 *	is loaded wherever there is room; time=1: quanta end at any moment.
 *	hash=1: all have the same stop queue.
 *	fickle=M: bit per process that wants nothing more once it was woken.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c kernel/cap/cap.c
 *	kernel/obj/slot.c
 *	kernel/wait/hook.c kernel/wait/queue.c kernel/sched/sched.c
 *	kernel/sched/timed.c kernel/proc/meet.c kernel/dev/line.c
 *	kernel/proc/process.c kernel/proc/dispatch.c kernel/trap/txn.c
 *	solutions/02-transient-pins/pin.c
 *	solutions/01-interrupt-deferral/defer.c solutions/03-mrow-locks/mrow.c
 *	solutions/04-stall-queues/stall.c solutions/05-halting/halt.c
 *	solutions/05-halting/shoot.c
 */
#include "processes.h"

/* What looks on takes no part: the order of its accesses is nobody's. */
#define witness __attribute__((no_sanitize("thread")))

/* Of each process; written by its hart, and by who has it locked. */
static struct {
	u32 halts; /* it has made */
	u32 yields;
	u32 attempts; /* at the halt that is under way */
	u32 before;   /* bit per process that stalled before it came */
	bool gave_up; /* wants nothing more */
	bool ended;   /* runs no more: there are others to be run */
} did[PROCS_MAX];

static struct process *target_of(u32 self)
{
	bool gang = explore_option("gang", 0);
	return gang ? &procs[0] : &procs[(self + 1) % proc_count];
}

static u32 halts_wanted(u32 self)
{
	if (self == 0 && explore_option("gang", 0))
		return 0;
	return (u32)explore_option("rounds", 1);
}

/* As the machine has it at this moment. */
witness static u32 stalled(void)
{
	u32 mask = 0;
	for (u32 i = 0; i < proc_count; i++) {
		const struct ring *r = name_ring(procs[i].base.hook.name.v);
		for (u32 q = 0; q < STOP_QUEUES; q++)
			mask |= (r == queue_ring(Q_STOP, q)) << i;
	}
	return mask;
}

/* Of a gang: whoever was stalled when it came has been woken before. */
witness static void require_turn(u32 self)
{
	u32 before = did[self].before & ~(1u << self);
	for (u32 i = 1; i < proc_count; i++)
		explore_require(!explore_option("gang", 0) ||
					!(before & stalled() & 1u << i),
				"process %u has halted its target before "
				"process %u, which was stalled when it came",
				self, i);
}

/* Whose lock this hart has: no other has it loaded. */
witness static void require_halted(u32 self, struct process *p)
{
	u32 on = p->loaded.v;
	explore_require(on == 0,
			"process %u has locked process %u, which is loaded on "
			"hart %u",
			self, (u32)(p - procs), on - 1);
	for (u32 i = 0; i < hart_count(); i++)
		explore_require(&harts[i] == hart_self() ||
					harts[i].current != p,
				"process %u has locked process %u, which hart "
				"%u runs",
				self, (u32)(p - procs), i);
}

static noreturn void halt(void)
{
	u32 self = (u32)(proc_current() - procs);
	struct process *p = target_of(self);
	if (did[self].attempts++ == 0)
		did[self].before = stalled();
	explore_note("process %u halts process %u", self, (u32)(p - procs));
	enum lock_result r = halt_and_lock(p);
	explore_require(r == (p == proc_current() ? LOCK_ALIASED : LOCK_OK),
			"process %u was told %u", self, r);
	commit_point();
	if (r == LOCK_OK) {
		require_halted(self, p);
		require_turn(self);
		p->owed++;
		explore_note("process %u has it", self);
	}
	did[self].halts++;
	did[self].attempts = 0;
	proc_current()->owed++;
	return_to_user();
}

static noreturn void give_way(void)
{
	u32 self = (u32)(proc_current() - procs);
	did[self].yields++;
	proc_current()->owed++;
	commit_point();
	resched();
}

/* Woken, it has changed its mind. */
static noreturn void give_up(void)
{
	u32 self = (u32)(proc_current() - procs);
	explore_note("process %u has changed its mind", self);
	did[self].gave_up = true;
	commit_point();
	process_ends();
}

static noreturn void end(void)
{
	did[proc_current() - procs].ended = true;
	commit_point();
	process_ends();
}

static u32 yields_wanted(u32 self)
{
	return self == 0 ? (u32)explore_option("yields", 0) : 0;
}

static noreturn void enter(void)
{
	u32 self = (u32)(proc_current() - procs);
	bool fickle = explore_option("fickle", 0) & 1u << self;
	if (fickle && did[self].attempts)
		process_enters(give_up);
	if (did[self].halts < halts_wanted(self))
		process_enters(halt);
	process_enters(did[self].yields < yields_wanted(self) ? give_way : end);
}

static void user(void)
{
	u32 self = (u32)(proc_current() - procs);
	if (did[self].halts < halts_wanted(self) ||
	    did[self].yields < yields_wanted(self) || proc_count > hart_count())
		explore_trap(enter);
}

static void setup(void)
{
	u32 count = (u32)explore_option("procs", hart_count());
	processes_init();
	timed_add(halt_worry);
	for (u32 i = 0; i < count; i++) {
		struct process *p = process_make("process", 5);
		if (explore_option("hash", 0))
			proc_obj(p)->oid *= STOP_QUEUES;
		if (i < hart_count())
			process_load(p, i);
		else
			process_start(p);
	}
}

/* Nobody waits for what has happened, and nothing is left of it. */
static void require_quiet(u32 i)
{
	struct process *p = &procs[i];
	u32 on = atomic32_load_relaxed(&p->loaded);
	struct ring *r = hook_ring(&p->base.hook);
	explore_require(!atomic32_load_relaxed(&p->base.claimed),
			"process %u is still claimed", i);
	explore_require(did[i].gave_up || did[i].halts == halts_wanted(i),
			"process %u has halted its target %u times of %u: it "
			"is %s",
			i, did[i].halts, halts_wanted(i),
			on  ? "on a hart"
			: r ? "on a queue"
			    : "nowhere");
	explore_require(did[i].gave_up || did[i].ended || on || r,
			"process %u is on no hart and no queue", i);
}

static void final(void)
{
	u32 loaded = 0;
	for (u32 i = 0; i < proc_count; i++) {
		require_quiet(i);
		loaded += atomic32_load_relaxed(&procs[i].loaded) != 0;
		loaded += did[i].gave_up || did[i].ended;
	}
	explore_require(loaded >= MIN(proc_count, hart_count()),
			"%u of %u processes are loaded, on %u harts", loaded,
			proc_count, hart_count());
}

const struct scenario scenario = {
	.expects = "every process to halt its target in its turn, and all to "
		   "run on",
	.harts = 2,
	.setup = setup,
	.user = user,
	.final = final,
	.time_ends = TICKS_PER_S,
	.body = { hart_with_process, hart_with_process, hart_with_process,
		  hart_with_process },
};
