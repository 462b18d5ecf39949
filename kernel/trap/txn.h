/*
 * Transactions: one kernel entry, from trap to return.
 *
 * A transaction has a body, which is executed again from the start when it is
 * abandoned by txn_restart().  Each attempt, each round of dispatch too, has a
 * number of its own: odd in the kernel, even in user mode and while idle.
 */
#pragma once

#include <base/types.h>
#include <hal/upcall.h>

/*
 * Begins on the empty stack of this hart, interrupts enabled: a new number,
 * and `body`, which must not return.
 */
void txn_begin(void (*body)(void) noreturn) noreturn;

/*
 * Ends an attempt, whatever became of it: all locks this hart holds, but that
 * of its loaded process, its claim, and what it has of the discipline
 * (lock/discipline.h) are given up.
 */
void txn_end(void);

/* Abandons this attempt, and executes that body in its place. */
void txn_replace(void (*body)(void) noreturn) noreturn;

/* The transaction number, even from now on: on the way to user mode, idle. */
void txn_leave(void);

/* The body of what comes after a dispatch: settles, loads the space, runs. */
void txn_run_loaded(void) noreturn;
