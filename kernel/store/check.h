/* The store's invariants, executed. */
#pragma once

/*
 * Looks at one object that is clean, the next each time: what is in memory is
 * what the disk has.  So a write that nobody reserved for is found, sooner or
 * later.  Panics if it is not.  No lock is held.
 */
void store_check_next(void);
