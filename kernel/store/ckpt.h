/*
 * Checkpoint and restart (sources: KeyKOS, "Kernel Strategies"; EROS).  Lab 6
 * writes the bodies of this header but for the last group.
 *
 * A checkpoint goes through phases (enum ckpt_phase), each begun by the last
 * completion of the one before, out of resched():
 *
 *      meeting     all harts come together, their processes put back
 *                  (proc/meet.h): the snapshot is taken
 *      writing     frozen objects go to the log, in any order
 *      committing  directory, process list; flush; root; flush: that is the
 *                  commit; and the other root likewise
 *      migrating   from the log to home (store/migrate.h); flush
 *      retiring    a root that needs the log no more; flush; its space is free
 *
 * Invariants
 *  1. The snapshot is the state of all objects at one moment, between
 *     transactions: every object that was dirty then is frozen, and written to
 *     the log as it was then.
 *  2. A frozen object is captured before it is dirtied: a page is copied to a
 *     frame of a job, a node or process saved to a pot.  The header never
 *     moves.
 *  3. A page that the disk reads at the moment is not written: who wants to
 *     stalls until it is there.
 *  4. The process list has every process that had work to do, wherever it
 *     waited: on a queue (worry aside) or on the ring of an object.
 *  5. The root is written only when all that it leads to is flushed; and log
 *     space is used again only when a root that does not need it is flushed.
 *  6. An object is clean only when what was written of it is on the disk.
 *  7. A write that fails leaves the last checkpoint standing.
 *  8. The pause grows with the dirty objects and their writable mappings, and
 *     with the processes in memory; with nothing else.
 */
#pragma once

#include <abi/orders.h>
#include <store/job.h>

enum ckpt_reason {
	CKPT_BY_TIME,
	CKPT_BY_REQUEST,
	CKPT_BY_PRESSURE,
	CKPT_REASONS
};

/* All under the store lock. */
struct ckpt {
	enum ckpt_phase phase;
	u64 durable;        /* generation of the last commit */
	u64 next;           /* generation that the next snapshot will be */
	bool wanted;
	u64 interval, due;  /* ticks between two by time, 0: none; the next */
	struct link dirty, frozen; /* of obj.changed */
	u64 dirty_count, frozen_count;
	u64 under_way[2];   /* jobs by generation, its last bit */
	u64 taken, pause;   /* of the last snapshot, in ticks */
	u64 counts[CKPT_REASONS];
	u64 journal_committed; /* journal records contained in that commit */
};
extern struct ckpt ckpt;

/* Lab 6. */

/*
 * The object is dirty from now on: it is reserved for; if it is frozen it is
 * captured first.  False: it has to wait, for log space, for a job, or for the
 * disk to have read it.  (For reserve_and_mark(), which stalls then.)
 */
bool ckpt_dirty_locked(struct obj *o);

/*
 * The work of the meeting: every dirty object becomes frozen, and the processes
 * that have work to do are listed.
 */
void ckpt_snapshot(void);

/* A frozen object goes on its way to the log.  False: there is no free job. */
bool ckpt_write_locked(struct obj *o);

/* A job was written: what is in it stands there now, and is clean. */
void ckpt_written(struct job *j);

/*
 * Does what can be done at the moment.  Called out of resched(), no lock held,
 * by one hart at a time.  True: there is more to be done at once.
 */
bool ckpt_step(void);

/* Not the lab's: kernel/store/. */

/* Boot. */
void ckpt_init(void);

/* A checkpoint is to be taken as soon as may be. */
void ckpt_want_locked(enum ckpt_reason why);

/* Something completed: ckpt_step() is called soon.  Any lock may be held. */
void ckpt_kick(void);

/* `root` is committed: whoever waits for that goes on. */
void ckpt_durable_locked(void);

/* The snapshot is taken: `root` gets its number and time. */
void ckpt_note_snapshot_locked(void);

/* Whether checkpoints by time can be so many ticks apart; 0: there are none. */
bool ckpt_is_interval(u64 ticks);

/* From now on they are. */
void ckpt_set_interval_locked(u64 ticks);

/* For orders of checkpoint capabilities: begins one, and says which. */
u64 ckpt_begin(void);

/* Returns when that generation is durable, the newest; or stalls. */
u64 ckpt_await(u64 generation);

/*
 * The same for a page of the journal, read-locked by this hart: begins, or
 * stalls until it can; returns when it is durable, or stalls.
 */
u64 ckpt_journal(struct obj *page);
void ckpt_await_journal(u64 sequence);

struct ckpt_status ckpt_status(void);
