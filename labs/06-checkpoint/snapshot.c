/*
 * Lab 6, checkpoint and restart, first half: the snapshot.
 *
 * The contract is kernel/store/ckpt.h, with eight invariants; the handout is
 * handouts/lab06.md.  Write the bodies of the three functions below.  What they
 * share is yours, too: make static functions as you need them.
 */
#include <diag/check.h>
#include <hal/irq.h>
#include <space/space.h>
#include <store/ckpt.h>
#include <store/index.h>

/*
 * Under the store lock.  The object goes on its way to the log, as a part of
 * the last snapshot (job_put_locked(), no copy): it leaves ckpt.frozen and is
 * counted there no more, and the disk is reading it (CH_WRITING).  It is not
 * clean before it was written: that is ckpt_written().
 */
bool ckpt_write_locked(struct obj *o)
{
	(void)o;
	panic("lab 6", "ckpt_write_locked is yours to write");
}

/*
 * Under the store lock; called before an object is written to, whenever it is
 * not dirty.  It depends on obj.change (enum change, kernel/obj/object.h):
 *
 *   clean     it is reserved for (log_reserve_locked), and joins ckpt.dirty
 *   frozen    likewise, and the snapshot gets a copy first (job_put_locked)
 *   writing   a page: the disk reads the page itself, so it has to wait; of a
 *             node or process the disk has a copy
 *
 * False: there is no room, or no job, or it has to wait.  Then nothing was
 * done: what was reserved is given back.
 */
bool ckpt_dirty_locked(struct obj *o)
{
	(void)o;
	panic("lab 6", "ckpt_dirty_locked is yours to write");
}

/*
 * In a meeting: this hart is alone.  (Lists are walked under the locks of their
 * rings all the same, for the debug kernel's sake.)
 *
 * 1. What is dirty becomes frozen, and no page of it is mapped writable any
 *    more: space_protect() for each, space_protected() once, behind all.
 *    link_move_all() moves a whole list.
 * 2. The process list: index_begin_list(), and index_list() for the owner of
 *    every hook.  Hooks stand on queues[0 .. QUEUE_COUNT - 1].ring and on the
 *    rings of resident processes (obj_headers_used, obj_at); of a ring, from
 *    divider.next to head.  Who is not to be listed?
 * 3. Under the store lock: the log turns (log_turn_locked), and the snapshot is
 *    noted (ckpt_note_snapshot_locked); phase, taken and pause of ckpt are set.
 * 4. ckpt_kick(): ckpt_step() is called soon.
 */
void ckpt_snapshot(void)
{
	panic("lab 6", "ckpt_snapshot is yours to write");
}
