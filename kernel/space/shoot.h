/*
 * Shootdown: making every hart forget translations that were taken back
 * (source: Shapiro 2006, section 4.1; DEC's TLB shootdown).  Lab 5 writes the
 * body.
 *
 * A hart in the kernel does not use user mappings, so it need only forget
 * before it returns; the sender waits for harts in user mode alone.
 *
 *      leaving  store the mode, full fence, read the requests
 *      sending  store the request, full fence, read the mode
 *
 * so that one of the two sees the other.
 *
 * Invariants
 *  1. When shoot_flush() returns, no hart uses a translation that was changed
 *     before the call.
 *  2. hart.mode is HART_USER from before the last look at the requests until
 *     the first instruction of the next trap.
 */
#pragma once

/* Makes all harts forget.  Waits, but never for a hart that waits. */
void shoot_flush(void);

/*
 * The last thing before user mode, interrupts disabled: publishes the mode
 * and serves what was asked meanwhile.
 */
void shoot_enter_user(void);
