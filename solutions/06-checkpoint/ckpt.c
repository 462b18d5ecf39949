/* From the snapshot to the commit, home, and to the log's being free again. */
#include <diag/check.h>
#include <obj/age.h>
#include <proc/meet.h>
#include <store/ckpt.h>
#include <store/crash.h>
#include <store/migrate.h>
#include <store/root.h>
#include <store/index.h>

/* Objects started in one step, so that a kernel path stays short. */
#define STEP_BATCH 4

/*
 * What follows one after the other: each is begun when the one before is on the
 * disk.  A flush stands before and behind each root: what it leads to is there
 * before it is, and it is there before anything relies on it.
 */
enum stage {
	ST_TABLES,
	ST_FLUSH_ALL,
	ST_ROOT,
	ST_FLUSH_ROOT,
	ST_COMMITTED,
	ST_OTHER_ROOT,
	ST_FLUSH_OTHER,
	ST_MIGRATE,
	ST_FLUSH_HOME,
	ST_LAST_ROOT,
	ST_FLUSH_LAST,
	ST_RETIRED,
};

/* Under the store lock. */
static enum stage stage;
static bool busy;           /* its transfer is under way */
static struct store_io io;  /* for one at a time */

static void transferred(struct store_io *unused)
{
	(void)unused;
	spin_lock(&store_lock);
	busy = false;
	if (stage != ST_TABLES)
		stage++;
	spin_unlock(&store_lock);
	ckpt_kick();
}

static void start_transfer(void)
{
	io.done = transferred;
	io_start(&io);
}

void ckpt_written(struct job *j)
{
	spin_lock(&store_lock);
	enum log_side side = j->generation == ckpt.next ? LOG_NEXT : LOG_STABLE;
	for (u32 i = 0; i < j->count; i++) {
		struct obj *o = j->object[i].obj;
		log_place_locked(side, j->kind, j->object[i].oid,
				 &j->object[i].at);
		/* Of what was dirtied meanwhile a copy was written. */
		if (o && atomic32_load_relaxed(&o->change) == CH_WRITING)
			atomic32_store_release(&o->change, CH_CLEAN);
	}
	enum obj_kind kind = j->kind;
	job_give_back_locked(j);
	spin_unlock(&store_lock);
	obj_room_made(kind);
	ckpt_kick();
}

/* True: something was started, or has ended. */
static bool write_some_locked(void)
{
	for (unsigned n = 0; n < STEP_BATCH; n++) {
		struct link *l = ckpt.frozen.next;
		if (l == &ckpt.frozen) {
			jobs_close_pots_locked();
			break;
		}
		if (!ckpt_write_locked(container_of(l, struct obj, changed)))
			return false;
	}
	return !link_is_alone(&ckpt.frozen);
}

static bool all_written_locked(void)
{
	return link_is_alone(&ckpt.frozen) &&
	       ckpt.under_way[(ckpt.next - 1) % 2] == 0;
}

static bool step_writing(void)
{
	spin_lock(&store_lock);
	bool more = write_some_locked();
	bool done = all_written_locked();
	if (done) {
		index_place_locked();
		stage = ST_TABLES;
		ckpt.phase = CKPT_COMMITTING;
	}
	spin_unlock(&store_lock);
	jobs_start();
	return more || done;
}

/* The block of this stage, or a flush; false: the tables are complete. */
static bool set_up_locked(void)
{
	switch (stage) {
	case ST_TABLES:
		return index_next_locked(&io.request);
	case ST_ROOT:
		crash_if_wanted_at_commit();
		root_write(&io.request);
		return true;
	case ST_OTHER_ROOT:
	case ST_LAST_ROOT:
		root_write(&io.request);
		return true;
	default:
		io.request.op = DISK_FLUSH;
		return true;
	}
}

/* The stages that are no transfer.  True: the next one can begin at once. */
static bool pass_locked(void)
{
	if (stage == ST_COMMITTED) {
		ckpt_durable_locked();
		migrate_begin_locked();
		stage++;
	} else if (stage == ST_MIGRATE) {
		ckpt.phase = CKPT_MIGRATING;
	} else if (stage == ST_RETIRED) {
		log_retire_locked(index_list_position());
		ckpt.phase = CKPT_IDLE;
	} else {
		return false;
	}
	return true;
}

static bool step_committing(void)
{
	spin_lock(&store_lock);
	bool passed = !busy && pass_locked();
	if (busy || passed) {
		spin_unlock(&store_lock);
		return passed;
	}
	if (stage == ST_LAST_ROOT)
		index_forget_locked();
	busy = set_up_locked();
	if (!busy)
		stage++;
	bool begun = busy;
	spin_unlock(&store_lock);
	if (begun)
		start_transfer();
	return !begun;
}

static bool step_migrating(void)
{
	bool done = migrate_step();
	if (!done)
		return false;
	spin_lock(&store_lock);
	stage = ST_FLUSH_HOME;
	ckpt.phase = CKPT_RETIRING;
	spin_unlock(&store_lock);
	return true;
}

/*
 * A snapshot needs LOG_STABLE empty: what a restart found in the log, or the
 * checkpoint before, goes home first.
 */
static bool step_idle(void)
{
	spin_lock(&store_lock);
	bool wanted = ckpt.wanted;
	bool home = log_entries_locked(LOG_STABLE) == 0;
	if (wanted && !home) {
		migrate_begin_locked();
		ckpt.phase = CKPT_MIGRATING;
	} else if (wanted) {
		ckpt.wanted = false;
		ckpt.phase = CKPT_MEETING;
	}
	spin_unlock(&store_lock);
	if (wanted && home)
		meet_call(ckpt_snapshot);
	return wanted && !home;
}

bool ckpt_step(void)
{
	switch (ckpt.phase) {
	case CKPT_IDLE:
		return step_idle();
	case CKPT_WRITING:
		return step_writing();
	case CKPT_COMMITTING:
	case CKPT_RETIRING:
		return step_committing();
	case CKPT_MIGRATING:
		return step_migrating();
	default:
		return false; /* a meeting: it goes on when that is over */
	}
}
