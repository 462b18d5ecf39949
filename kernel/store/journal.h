/*
 * The journal: a page made durable at once, outside the checkpoint (source:
 * KeyKOS's journal page).
 *
 * A slot of the journal is a record and, behind it, the page.  Both are written
 * in any order, then flushed: a record counts only with the page it is about.
 * A restart takes the newest record of each page that is newer than the
 * checkpoint; so these pages alone may be newer than their generation.
 *
 * Invariants (under the store lock)
 *  1. Sequence numbers only grow; a root says up to which one the records are
 *     contained in its checkpoint.
 *  2. A slot is used again only when its record is contained in a committed
 *     checkpoint, or when a newer one about the same page,
 *     of the same version, is durable.
 */
#pragma once

#include <store/log.h>

/* Boot: reads the records, and finds what is to be replayed. */
void journal_init(void *(*read)(u64 block));

/*
 * Boot, the checkpoint read: brings in the pages whose records are newer, and
 * gives them what the journal has.
 */
void journal_replay(void *(*read)(u64 block));

/*
 * The page, read-locked by this hart, is to be durable as it is now.  Returns
 * the sequence number to wait for, or 0: no slot or no memory is free, and a
 * checkpoint has been asked for.  The caller starts what is ready
 * (journal_start()) when it has let go of the lock.
 */
u64 journal_begin_locked(struct obj *page);
void journal_start(void);

/* Slots there are; 0: nothing can be journaled. */
u64 journal_slots(void);

/* The newest number of which this and all before it are durable. */
u64 journal_durable_locked(void);

/* The newest number that was given out. */
u64 journal_issued_locked(void);
