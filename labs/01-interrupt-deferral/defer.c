/*
 * Lab 1, interrupt deferral: note it now, deal with it on the way out.
 *
 * The contract is kernel/trap/defer.h, with six invariants, and the three of
 * kernel/dev/line.h; the handout is handouts/lab01.md.  Write the bodies of
 * the five functions below.  What they share is yours, too: make static
 * functions as you need them.
 */
#include <base/bits.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <proc/dispatch.h>
#include <sched/stall.h>
#include <sched/timed.h>
#include <space/shoot.h>
#include <trap/check_all.h>
#include <trap/defer.h>
#include <trap/txn.h>

/*
 * The handler; interrupts are disabled (hal/upcall.h; invariants 1 and 2).
 * Acknowledge the interrupt and note it in hart.pending.  From user mode there
 * is nothing to go back to before others had their chance: do not return.
 * From the kernel, see to it that the way out looks, and return.
 */
void irq_arrived(u64 cause, bool from_user)
{
	(void)cause;
	(void)from_user;
	panic("lab 1", "irq_arrived is yours to write");
}

/*
 * The way out (invariants 3 and 4).  While interrupts may still come: end the
 * transaction, check_all_if_debug(), and send the interrupts to other harts
 * that were noted.  Then look, once, in such a way that nothing can come
 * between the look and user mode.  The last three steps, once it is sure that
 * we leave, are txn_leave(), shoot_enter_user() and hart_enter_user().
 */
void return_to_user(void)
{
	panic("lab 1", "return_to_user is yours to write");
}

/*
 * The driver loaded here waits for its line (dev/line.h, invariants 1 to 3).
 * Either an interrupt is latched: take it, and return.  Or put the driver on
 * the line's queue, unmask the line, and stall.  Test, enqueue and unmask
 * happen under one hold of one lock; think about which interrupt could be
 * lost in any other order.
 */
void irq_line_wait(u32 line)
{
	(void)line;
	panic("lab 1", "irq_line_wait is yours to write");
}

/*
 * From resched(): an interrupt of this line was noted.  Latch it, count it in
 * `delivered`, and make ready whoever waits.  They will execute their wait
 * again, from the start.
 */
void irq_line_deliver(u32 line)
{
	(void)line;
	panic("lab 1", "irq_line_deliver is yours to write");
}

/*
 * Gives up the hart (hal/upcall.h; invariants 4 to 6).  End the transaction;
 * then, on an empty stack (hart_reset_stack) and with interrupts enabled, put
 * back the process loaded here, if there is one, and go round until there is
 * another to run:
 *
 *      deliver what the handler noted (the timer's bit: timed_serve())
 *      load the next process; with one loaded, txn_begin(txn_run_loaded)
 *      else send the interrupts to other harts that were noted, and idle
 *
 * To idle is to end the transaction number (txn_leave), to publish priority 0,
 * and, if there is still nothing to do, to wait with the timer programmed and
 * hart.mode HART_IDLE.  Both look and wait have interrupts disabled; and other
 * harts look at our priority after they have written a queue, so there is a
 * fence between our writing the one and our reading the other.
 */
void resched(void)
{
	panic("lab 1", "resched is yours to write");
}
