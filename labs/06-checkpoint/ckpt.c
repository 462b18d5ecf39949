/*
 * Lab 6, checkpoint and restart, second half: from the snapshot to the commit,
 * home, and to the log's being free again.
 *
 * The contract is kernel/store/ckpt.h, with eight invariants; the handout is
 * handouts/lab06.md.  Write the bodies of the two functions below.  What they
 * share is yours, too: make static functions and variables as you need them.
 */
#include <diag/check.h>
#include <obj/age.h>
#include <proc/meet.h>
#include <store/ckpt.h>
#include <store/crash.h>
#include <store/index.h>
#include <store/migrate.h>
#include <store/root.h>

/*
 * Called when a job is on the disk, no lock held.  Its objects belong to
 * LOG_NEXT if its generation is ckpt.next (a page cleaned between two
 * snapshots), else to LOG_STABLE.
 *
 * Under the store lock each is placed where it stands (log_place_locked); the
 * live object, if there is one and it is still CH_WRITING, is clean; and the
 * job is given back.  Then, without the lock, whoever waits for memory or for
 * the next step hears of it: obj_room_made(kind), ckpt_kick().
 */
void ckpt_written(struct job *j)
{
	(void)j;
	panic("lab 6", "ckpt_written is yours to write");
}

/*
 * Called again and again, by one hart at a time, no lock held, after
 * ckpt_kick() and as long as it returns true.  It never waits: it looks at
 * ckpt.phase, starts what can be started, and returns.
 *
 *   idle        if a checkpoint is wanted: is LOG_STABLE empty
 *               (log_entries_locked)?  Then meet_call(ckpt_snapshot), the phase
 *               meeting; no spin lock may be held.  If not (after a restart),
 *               it goes home first: migrate_begin_locked().
 *   meeting     nothing to do
 *   writing     a few frozen objects, ckpt_write_locked(); if none is left,
 *               jobs_close_pots_locked(); without the lock, jobs_start().  When
 *               nothing is frozen and no job of this generation under way
 *               (ckpt.under_way): index_place_locked()
 *   committing  block after block of directory and list (index_next_locked);
 *               flush; root (root_write); flush: ckpt_durable_locked().
 *               The other root likewise, so that a root that is damaged later
 *               costs nothing.  Then migrate_begin_locked().
 *   migrating   migrate_step(), until it is done
 *   retiring    flush; index_forget_locked(), root; flush; and only now
 *               log_retire_locked(index_list_position()); idle
 *
 * Roots, tables and flushes are transfers of this file, with a struct store_io
 * of its own: request.op, block and memory are set (index_next_locked and
 * root_write do it), io.done is called when it is on the disk, out of
 * resched(), no lock held; io_start() with no spin lock held.  One at a time.
 *
 * Right before the root that commits: crash_if_wanted_at_commit().
 */
bool ckpt_step(void)
{
	panic("lab 6", "ckpt_step is yours to write");
}
