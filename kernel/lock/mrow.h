/*
 * Object locks: many readers or one writer (source: J. Shapiro, "Kernel
 * Interrupt and Concurrency Management", 2006, section 4).  Lab 3 writes the
 * body.
 *
 * A hart records what it holds, and every exit from the kernel, local or not,
 * releases all of it at once: nobody unlocks one object.
 *
 * Invariants
 *  1. At any time one lock has one writer and no reader of another hart, or
 *     any number of readers.
 *  2. Read locks are re-entrant and counted; a hart that holds the write lock
 *     may read-lock too.  A re-entrant reader passes a waiting writer.
 *  3. A reader never becomes a writer: marshalling locks are all dropped
 *     before operation locks are taken.
 *  4. A hart that write-locks what it has write-locked already, or whose
 *     loaded process it is, is told: LOCK_ALIASED.  That is how an operation
 *     finds out that it was given one object in two roles.
 *  5. New readers, and writers that only try, stand back behind a writer that
 *     waits.  Of several that wait, none has two turns before another has had
 *     one.  So no writer starves.
 *  6. What was written under the lock is seen by the next to take it.
 *  7. Marshalling only tries; operation locks are stubborn: they spin.  Who
 *     spins holds only operation locks at lower addresses.
 *
 * Not promised: that writers are served in the order in which they came;
 * anything about interrupts.
 */
#pragma once

#include <base/types.h>
#include <hal/atomic.h>

struct mrow {
	struct atomic32 word; /* 0: nobody has it, nobody waits for it */
};

enum lock_result {
	LOCK_OK,
	LOCK_BUSY,    /* tries only: another hart writes it, or waits to; or the
	                 try is to write, and somebody reads */
	LOCK_ALIASED, /* this hart write-locked it before */
};

/* Marshalling: never waits.  LOCK_OK or LOCK_BUSY. */
enum lock_result mrow_try_read(struct mrow *l);
enum lock_result mrow_try_write(struct mrow *l);

/* Operation locks: spin until they have it.  LOCK_OK or LOCK_ALIASED. */
enum lock_result mrow_read(struct mrow *l);
enum lock_result mrow_write(struct mrow *l);

/* Releases all this hart holds, but for its loaded process. */
void mrow_release_all(void);

/*
 * The self-lock of a loaded process: mrow_keep() takes a write lock this hart
 * holds out of the gang, so that it is held past kernel exit; mrow_drop()
 * releases it.  The ager, which tries one object after the other, does both in
 * a row.
 */
void mrow_keep(struct mrow *l);
void mrow_drop(struct mrow *l);

/* For assertions and look-ups: what this hart holds. */
bool mrow_is_read_held(const struct mrow *l);
bool mrow_is_write_held(const struct mrow *l);

/* For the inspector and check_all(): 1 + hart of the writer, or 0. */
u32 mrow_writer(const struct mrow *l);
u32 mrow_readers(const struct mrow *l);
