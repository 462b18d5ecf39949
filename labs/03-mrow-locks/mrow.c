/*
 * Lab 3, MROW locks: many readers or one writer, in one word.
 *
 * The contract is kernel/lock/mrow.h, with seven invariants; the handout is
 * handouts/lab03.md.  Write the bodies of the eleven functions below.  What
 * they share is yours, too: make static functions as you need them.
 *
 * How the word is laid out is yours, but for this: 0 says that nobody has the
 * lock and nobody waits for it.  What a hart holds it writes down in its own
 * list (hart.held, hart.held_count in hal/hart.h), which nobody else reads.
 */
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <lock/mrow.h>
#include <lock/spin.h>

/*
 * One attempt, which never waits (invariants 2 and 5).  This hart may have the
 * lock already, in either way: then it has it once more.  A try that fails
 * because another reader came between is no answer: nobody has refused it.
 */
enum lock_result mrow_try_read(struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_try_read is yours to write");
}

/*
 * One attempt, which never waits.  LOCK_ALIASED: this hart writes it already.
 * Of what it reads it does not become the writer (invariants 3 to 5).
 */
enum lock_result mrow_try_write(struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_try_write is yours to write");
}

/* Until it has it; spin_hint() in the loop. */
enum lock_result mrow_read(struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_read is yours to write");
}

/*
 * Until it has it.  Whoever comes while this hart waits must be able to see
 * that somebody waits; and must not see it any more when nobody does.  Of those
 * who wait none is passed by twice by the same (invariant 5).
 */
enum lock_result mrow_write(struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_write is yours to write");
}

/*
 * All that is on this hart's list, each once, however often it was read.  What
 * was written under a lock is seen by whoever takes it next (invariant 6).
 */
void mrow_release_all(void)
{
	panic("lab 3", "mrow_release_all is yours to write");
}

/* Takes l, which this hart writes, off the list; its word stays as it is. */
void mrow_keep(struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_keep is yours to write");
}

/* Releases l, which this hart writes, and which is not on the list. */
void mrow_drop(struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_drop is yours to write");
}

/* Whether this hart reads l, and does not write it. */
bool mrow_is_read_held(const struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_is_read_held is yours to write");
}

/* Whether this hart writes l, on its list or kept. */
bool mrow_is_write_held(const struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_is_write_held is yours to write");
}

/* 1 + the hart that writes l, or 0. */
u32 mrow_writer(const struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_writer is yours to write");
}

/* How many harts read l. */
u32 mrow_readers(const struct mrow *l)
{
	(void)l;
	panic("lab 3", "mrow_readers is yours to write");
}
