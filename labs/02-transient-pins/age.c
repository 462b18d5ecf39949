/*
 * Lab 2, the ager: makes room in memory, before somebody's commit point.
 *
 * The contract is kernel/obj/age.h, with four invariants; the handout is
 * handouts/lab02.md.  Write the bodies of the three functions below.  What they
 * share is yours, too: make static functions and data as you need them.
 */
#include <diag/check.h>
#include <hal/hart.h>
#include <hal/upcall.h>
#include <lock/commit.h>
#include <lock/mrow.h>
#include <obj/age.h>
#include <obj/clean.h>
#include <obj/pin.h>
#include <sched/stall.h>
#include <space/space.h>
#include <store/evict.h>
#include <store/room.h>

/*
 * Free headers are asked for by obj_has_room(); all headers are obj_at(kind, 0)
 * to obj_at(kind, obj_headers(kind) - 1), NULL where one is free.
 *
 * To take an object: try its lock, and if it is not to be taken give that back
 * at once (mrow_keep(), mrow_drop()): you will try many.  evict_must_stay(),
 * evict_undo() and evict() do the work (store/evict.h); a dirty one goes to
 * obj_clean() instead.  In which order do you ask what may change while you do?
 *
 * The hand goes on where it was, a few dozen headers in one transaction; then
 * txn_restart(), unless nothing is loaded here (boot).  What begins to age loses
 * its mappings (space_cut()), so that its next use is noticed (obj_touch()).
 *
 * If round after round gave nothing: room_say_full(), and stall on
 * room_queue(), having called room_look_again_locked() (store/room.h).
 */
void obj_make_room(enum obj_kind kind)
{
	(void)kind;
	panic("lab 2", "obj_make_room is yours to write");
}

/* There is hope again: the longest waiting of the kind's queue tries again. */
void obj_room_made(enum obj_kind kind)
{
	(void)kind;
	panic("lab 2", "obj_room_made is yours to write");
}

/* Just before the header obj_taken() + squeeze is taken, obj_make_room() takes
   all that can be taken, of every kind, whatever its age. */
void age_init(u64 squeeze)
{
	if (squeeze)
		panic("lab 2", "age_init is yours to write");
}
