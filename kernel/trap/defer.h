/*
 * Interrupt deferral (source: Shapiro 2006, section 2).  Lab 1 writes the
 * body: irq_arrived() and resched() of hal/upcall.h, irq_line_wait() and
 * irq_line_deliver() of dev/line.h, and the way out below.
 *
 * The handler does next to nothing: it acknowledges the interrupt, notes it,
 * and either goes to resched() for good (from user mode) or lets the kernel
 * go on, which looks late on its way out.  Everything that an interrupt leads
 * to is done by resched(), as ordinary kernel code that nothing interrupts in
 * the middle of a change.
 *
 * Invariants
 *  1. hart.pending and hart.need_resched are the only words that the handler
 *     and the kernel share.  The handler touches no ring and takes no lock.
 *  2. There is at most one interrupt frame on the kernel stack.
 *  3. Between the last look at need_resched and user mode interrupts stay
 *     disabled, so no interrupt waits for more than that path.
 *  4. An interrupt that is noted is delivered by the next resched() of this
 *     hart, and need_resched makes sure that there is one.
 *  5. Idling, a hart looks for work with interrupts disabled before it waits;
 *     an interrupt that came before the look ends the wait at once.
 *  6. A process that becomes ready preempts only one of lower priority.
 */
#pragma once

#include <dev/line.h>
#include <hal/upcall.h>

/*
 * The way out: ends the transaction and enters user mode with the process
 * loaded here, unless an interrupt asks for resched().
 */
void return_to_user(void) noreturn;
