/*
 * Interrupt lines, as the kernel hands them to drivers.
 *
 * A line is masked by the handler when an interrupt arrives and unmasked when
 * its driver waits again.  In between it is *latched*: whoever waits first
 * finds it and goes on at once, however late it comes.
 *
 * Invariants
 *  1. `latched` changes under the lock of the line's queue only.
 *  2. A driver that has to wait enqueues, unmasks, releases the lock, in this
 *     order: an interrupt that comes at once finds it on the queue.
 *  3. A line with a latched interrupt is masked: it is queued at most once.
 */
#pragma once

#include <wait/queue.h>

struct irq_line {
	bool latched;              /* under the line's queue lock */
	void (*serve)(void);       /* immutable after boot: the kernel's own
	                              driver, or NULL */
	struct atomic64 delivered; /* interrupts latched since boot */
};

extern struct irq_line irq_lines[IRQ_LINES];

/*
 * For the driver loaded on this hart, as the last thing before its commit
 * point.  Takes the latched interrupt and returns, or stalls the driver on the
 * line's queue, unmasks the line, and does not return.  Lab 1 writes the body.
 */
void irq_line_wait(u32 line);

/*
 * From resched(): the handler saw an interrupt of this line.  Latches it and
 * wakes whoever waits.  Lab 1 writes the body.
 */
void irq_line_deliver(u32 line);

/*
 * From resched(), holding no lock, for each line the handler noted: calls the
 * kernel's own driver, which unmasks the line when it has served its device; or
 * else delivers it.
 */
void irq_line_arrived(u32 line);

/* Boot: from now on the kernel drives this line's device; unmasks the line. */
void irq_line_own(u32 line, void (*serve)(void));
