/*
 * Callers of one server, which becomes available now and then: nobody may be
 * forgotten, and nobody overtaken.
 *
 * The server is loaded on hart 0 and about to wait; one caller on each other
 * hart, the rest of them ready.  A caller marshals and prepares as ipc/send.c
 * does, and once served waits for ever.
 *
 * Options: callers=N (2); fickle=M: bit per caller who gives up when woken;
 * time=1: time passes while harts are at work, so that the worrier may be too
 * early, and callers overtake one another.
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

static struct process *server;

/* Written by the caller's hart, one at a time; read under the server's lock. */
static struct caller {
	u32 attempts;
	u32 before; /* bit per caller who was stalled when this one came */
	bool served, gave_up;
} callers[PROCS_MAX];

/* As the machine has it at this moment, without taking part in it. */
__attribute__((no_sanitize("thread"))) static u32 stalled_callers(void)
{
	u32 mask = 0;
	for (u32 i = 1; i < proc_count; i++)
		if (procs[i].base.hook.name.v == (u64)proc_ring(server))
			mask |= 1u << i;
	return mask;
}

__attribute__((no_sanitize("thread"))) static void require_turn(u32 self)
{
	for (u32 i = 1; i < proc_count && !explore_option("time", 0); i++)
		explore_require(!(callers[self].before & 1u << i) ||
					callers[i].served || callers[i].gave_up,
				"caller %u was served before caller %u, which "
				"was stalled on the server when it came",
				self, i);
	callers[self].served = true;
}

/* Returns write-locked, and available. */
static struct process *lock_available(void)
{
	struct mcap start = mcap_to(proc_obj(server), CT_START, 0, 0);
	enum lock_result r = mrow_try_write(&proc_obj(server)->lock);
	explore_require(proc_await_available(server, &start),
			"the server's start capability was taken for void");
	if (r == LOCK_BUSY) {
		discipline_restart(&proc_obj(server)->lock);
	}
	return server;
}

static noreturn void call(void)
{
	struct process *p = proc_current();
	u32 self = (u32)(p - procs);
	if (callers[self].attempts++ == 0)
		callers[self].before = stalled_callers();
	explore_note("caller %u calls", self);
	struct process *to = lock_available();
	explore_require(to->state == PST_AVAILABLE,
			"caller %u got the server while it was not available",
			self);
	reserve_dirty(proc_obj(to));
	commit_point();
	explore_note("caller %u is served", self);
	require_turn(self);
	proc_set_state(p, PST_WAITING, false);
	proc_set_state(to, PST_RUNNING, false);
	proc_hand_over(to);
	resched();
}

/* Woken, it has changed its mind. */
static noreturn void give_up(void)
{
	u32 self = (u32)(proc_current() - procs);
	explore_note("caller %u has changed its mind", self);
	callers[self].gave_up = true;
	process_ends();
}

static noreturn void wait_for_calls(void)
{
	explore_note("the server becomes available");
	commit_point();
	proc_become_available(server);
	resched();
}

static noreturn void enter_call(void)
{
	u32 self = (u32)(proc_current() - procs);
	bool fickle = explore_option("fickle", 0) & 1u << self;
	process_enters(fickle && callers[self].attempts ? give_up : call);
}

static noreturn void enter_wait(void)
{
	process_enters(wait_for_calls);
}

static void user(void)
{
	explore_trap(proc_current() == server ? enter_wait : enter_call);
}

static void setup(void)
{
	u32 count = (u32)explore_option("callers", 2);
	processes_init();
	server = process_make("server", 5);
	process_load(server, 0);
	for (u32 i = 1; i <= count; i++) {
		struct process *p = process_make("caller", 5);
		if (i < hart_count())
			process_load(p, i);
		else
			process_start(p);
	}
}

static void final(void)
{
	for (u32 i = 1; i < proc_count; i++)
		explore_require(
			callers[i].served || callers[i].gave_up,
			"caller %u was never served: it is %s, and "
			"every hart idles",
			i,
			hook_ring(&procs[i].base.hook) == proc_ring(server)
				? "stalled on the server"
			: hook_ring(&procs[i].base.hook) ? "on another queue"
							 : "on no queue");
	explore_require(server->state == PST_AVAILABLE, "the server ended %s",
			proc_state_names[server->state]);
	explore_require(!hook_ring(&server->base.hook),
			"the server is still worried about, and nobody waits");
}

const struct scenario scenario = {
	.expects = "every caller to be served, in the order they came",
	.harts = 2,
	.setup = setup,
	.user = user,
	.final = final,
	.body = { hart_with_process, hart_with_process, hart_with_process,
		  hart_with_process },
};
