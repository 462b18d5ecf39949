/* What of the checkpoint is not the lab's: its calls from outside. */
#include <diag/args.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <obj/clean.h>
#include <obj/reserve.h>
#include <sched/timed.h>
#include <store/ckpt.h>
#include <store/crowd.h>
#include <store/image.h>
#include <store/journal.h>
#include <store/root.h>

/* Ticks between two steps of a checkpoint, in which processes run. */
#define STEP_GAP (20 * TICKS_PER_US)
#define NOT_SAID (~0ul) /* no boot argument interval=S */

struct ckpt ckpt;

/* Under the store lock: some hart is in ckpt_step(); it is to do it again. */
static bool stepping, again;

void ckpt_kick(void)
{
	timed_alarm(time_now() + STEP_GAP);
}

void ckpt_want_locked(enum ckpt_reason why)
{
	if (!ckpt.wanted)
		ckpt.counts[why]++;
	ckpt.wanted = true;
	ckpt_kick();
}

/* A machine at rest leaves its disk at rest. */
static void look_at_clock_locked(u64 now)
{
	if (now < ckpt.due)
		return;
	ckpt.due = now + ckpt.interval;
	if (ckpt.dirty_count || log_entries_locked(LOG_NEXT))
		ckpt_want_locked(CKPT_BY_TIME);
}

/* False: another hart is at it, and will look again. */
static bool begin_step(u64 now)
{
	spin_lock(&store_lock);
	look_at_clock_locked(now);
	bool mine = !stepping;
	stepping = true;
	again = !mine;
	spin_unlock(&store_lock);
	return mine;
}

static u64 end_step(bool more, u64 now)
{
	spin_lock(&store_lock);
	stepping = false;
	u64 next = more || again ? now + STEP_GAP : ckpt.due;
	spin_unlock(&store_lock);
	return next;
}

static u64 serve(u64 now)
{
	if (!begin_step(now))
		return TIME_NEVER;
	jobs_start();
	bool more = ckpt_step();
	return end_step(more, time_now());
}

void ckpt_init(void)
{
	u64 seconds = arg_number("interval", NOT_SAID);
	link_init(&ckpt.dirty);
	link_init(&ckpt.frozen);
	ckpt.phase = CKPT_IDLE;
	ckpt.durable = root.generation;
	ckpt.next = root.generation + 1;
	ckpt.taken = root.ticks;
	ckpt.journal_committed = root.journal_sequence;
	if (seconds > CKPT_INTERVAL_MAX / TICKS_PER_S && seconds != NOT_SAID)
		panic("boot arguments", "interval=%lu: more than a year", seconds);
	u64 ticks = seconds == NOT_SAID ? root.interval : seconds * TICKS_PER_S;
	if (!ckpt_is_interval(root.interval))
		panic("image", "a checkpoint every %lu ticks", root.interval);
	ckpt_set_interval_locked(ticks);
	timed_add(serve);
}

bool ckpt_is_interval(u64 ticks)
{
	return !ticks ||
	       (ticks >= CKPT_INTERVAL_MIN && ticks <= CKPT_INTERVAL_MAX);
}

void ckpt_set_interval_locked(u64 ticks)
{
	ckpt.interval = ticks;
	root.interval = ticks; /* as of the next checkpoint */
	ckpt.due = ticks ? time_now() + ticks : TIME_NEVER;
	timed_alarm(ckpt.due);
}

void ckpt_note_snapshot_locked(void)
{
	root.generation = ckpt.next++;
	root.ticks = time_now();
	root.real_time = image_real_time(root.ticks);
	root.journal_sequence = journal_issued_locked();
}

void ckpt_durable_locked(void)
{
	ckpt.durable = root.generation;
	ckpt.journal_committed = root.journal_sequence;
	crowd_wake(CROWD_CHECKPOINT);
	crowd_wake(CROWD_LOG); /* slots of the journal are free by that */
}

/* Under the store lock, which is released: joins the crowd. */
static noreturn void stall_locked(unsigned crowd)
{
	spin_lock(&crowd_ring(crowd)->lock);
	spin_unlock(&store_lock);
	crowd_join_locked(crowd);
}

/*
 * At boot, where nobody can stall: what a restart found in the log goes home,
 * until there is room.
 */
static void dirty_at_boot(struct obj *o)
{
	bool done = false, home = false;
	while (!done && !home && !atomic64_load_relaxed(&io_failures)) {
		ckpt_step();
		disk_poll();
		spin_lock(&store_lock);
		done = ckpt_dirty_locked(o);
		home = log_entries_locked(LOG_STABLE) == 0;
		spin_unlock(&store_lock);
	}
	if (!done)
		panic("image", "the checkpoint log has no room to begin with");
}

void reserve_and_mark(struct obj *o)
{
	kassert(!hart_self()->committed);
	spin_lock(&store_lock);
	bool done = ckpt_dirty_locked(o);
	if (!done && hart_self()->current)
		stall_locked(CROWD_LOG);
	spin_unlock(&store_lock);
	if (!done)
		dirty_at_boot(o);
	jobs_start();
}

u64 ckpt_begin(void)
{
	spin_lock(&store_lock);
	u64 generation = ckpt.next;
	ckpt_want_locked(CKPT_BY_REQUEST);
	spin_unlock(&store_lock);
	return generation;
}

u64 ckpt_await(u64 generation)
{
	spin_lock(&store_lock);
	u64 durable = ckpt.durable;
	if (durable < generation)
		stall_locked(CROWD_CHECKPOINT);
	spin_unlock(&store_lock);
	return durable;
}

u64 ckpt_journal(struct obj *page)
{
	spin_lock(&store_lock);
	u64 sequence = journal_begin_locked(page);
	if (!sequence)
		stall_locked(CROWD_LOG);
	spin_unlock(&store_lock);
	return sequence;
}

void ckpt_await_journal(u64 sequence)
{
	spin_lock(&store_lock);
	if (journal_durable_locked() < sequence)
		stall_locked(CROWD_CHECKPOINT);
	spin_unlock(&store_lock);
}

struct ckpt_status ckpt_status(void)
{
	spin_lock(&store_lock);
	struct log_usage log = log_usage_locked();
	struct ckpt_status s = {
		.generation = ckpt.durable, .interval = ckpt.interval,
		.taken = ckpt.taken, .dirty = ckpt.dirty_count,
		.frozen = ckpt.frozen_count, .log_blocks = log.blocks,
		.log_used = log.used, .log_reserved = log.reserved,
		.journaled = journal_durable_locked(), .pause = ckpt.pause,
		.failures = atomic64_load_relaxed(&io_failures),
		.phase = ckpt.phase, .epoch = root.epoch - 1,
		.by_time = (u32)ckpt.counts[CKPT_BY_TIME],
		.by_request = (u32)ckpt.counts[CKPT_BY_REQUEST],
		.by_pressure = (u32)ckpt.counts[CKPT_BY_PRESSURE],
	};
	spin_unlock(&store_lock);
	return s;
}

/* It goes to the log as it is; until it is there nobody writes it. */
static bool clean_page_locked(struct obj *o)
{
	struct job *j = job_take_locked(ckpt.next, OK_PAGE);
	if (!j)
		return false;
	job_add_locked(j, o, false, log_page_block_locked(LOG_NEXT, o->oid));
	job_ready_locked(j);
	link_remove(&o->changed);
	ckpt.dirty_count--;
	atomic32_store_relaxed(&o->change, CH_WRITING);
	return true;
}

/*
 * Nodes and processes are cleaned by the checkpoint alone: a pot for one of
 * them would cost a block.
 */
bool obj_clean(struct obj *o)
{
	bool begun = false;
	kassert(mrow_is_write_held(&o->lock));
	spin_lock(&store_lock);
	if (o->kind == OK_PAGE && obj_is_dirty(o))
		begun = clean_page_locked(o);
	else
		ckpt_want_locked(CKPT_BY_PRESSURE);
	spin_unlock(&store_lock);
	if (begun)
		jobs_start();
	return begun;
}
