/*
 * Migration: the objects of a committed checkpoint go from the log to their
 * homes, block by block, a few at a time.
 *
 * A page is read from the log and written to its home.  A pot is read from its
 * home, gets the records of all of its objects that are in the log, and is
 * written back.  Then the page information follows.
 *
 * While it goes on, whoever looks for an object finds it in the log; if the
 * power fails, all of it is done again.
 */
#pragma once

#include <store/log.h>

/* Boot. */
void migrate_init(void);

/* LOG_STABLE is to go home. */
void migrate_begin_locked(void);

/*
 * Starts what can be started; no lock held.  True: all of it is home, and the
 * disk is to be flushed.
 */
bool migrate_step(void);
