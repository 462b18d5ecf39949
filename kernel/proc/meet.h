/*
 * Meetings: all harts stand still at once, with nothing in their hands.
 *
 * Who calls a meeting interrupts all harts; each comes, out of resched(), its
 * process put back and no lock held, and waits.  The last one to come does what
 * the meeting was called for, alone in the kernel, and they all go on.
 *
 * Invariants
 *  1. While the work of a meeting is done no hart is in a transaction, or in
 *     user mode, and no process is loaded.
 *  2. A hart that waits in a meeting is in kernel mode: nobody waits for it.
 *  3. A hart takes part from its first dispatch on; chaos harts never do.
 */
#pragma once

#include <hal/atomic.h>

/* This hart is about to dispatch for the first time. */
void meet_join(void);

/*
 * Calls a meeting to do this work.  No meeting has been called, no lock but
 * spin locks of a rank above `ready` is held.  Returns at once.
 */
void meet_call(void (*work)(void));

extern struct atomic32 meet_called;

/* Takes part. */
void meet_attend(void);

/* Out of resched(), before each look at the ready queues. */
static inline void meet_if_called(void)
{
	if (unlikely(atomic32_load_acquire(&meet_called)))
		meet_attend();
}
