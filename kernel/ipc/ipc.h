/*
 * Invocation, the general path.
 *
 * Each of these is the body of a transaction: it may be abandoned at any time
 * before its commit point and is then executed again from the start.  They
 * return when the invoker is to go on running; if it is not, or if another
 * process should be looked at first, they end in resched().
 */
#pragma once

#include <ipc/msg.h>

/*
 * Executes the invocation that the registers of the process loaded here ask
 * for.  False with a fault, nothing done.
 */
bool ipc_invoke(struct fault *f);

/*
 * Sends a fault of the process loaded here to its keeper (an empty meter: to
 * the meter's); to the junk queue if there is none.
 */
void ipc_fault(const struct fault *f, u64 detail) noreturn;

/* Puts the process loaded here on the junk queue, for this fault. */
void ipc_junk(enum fault_code code) noreturn;
