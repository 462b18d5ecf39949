/*
 * Interrupts, the clock, and waking other harts.
 *
 * Lines are numbered as the platform's controller numbers them, 1 to
 * IRQ_LINES - 1, and each has its bit in hart.pending; two bits more stand
 * for the hart's own timer and for an interrupt from another hart.
 */
#pragma once

#include <base/types.h>

#define IRQ_LINES 62
#define PENDING_TIMER 62
#define PENDING_IPI 63

/*
 * Enabling and disabling on this hart.  Disabling is for the last check
 * before user mode and for idling, never for mutual exclusion.
 */
void irqs_enable(void);
void irqs_disable(void);
bool irqs_enabled(void);

/*
 * With interrupts disabled: waits until one is pending.  Returns without
 * taking it, and may return for no reason.
 */
void irqs_wait(void);

/*
 * Called by the handler with the cause of the trap: does what the hardware
 * needs (claim and mask a device's line, disarm the timer, clear the
 * inter-processor interrupt) and returns the bits for hart.pending.
 */
u64 irq_acknowledge(u64 cause);

/* Lets the line interrupt again.  Any hart may call it. */
void irq_unmask(u32 line);

/* Interrupts acknowledged on this line since boot; read by graders. */
extern u64 irq_acknowledged[IRQ_LINES];

/* Ticks (abi/types.h) since power-on, or on from what time_set() said. */
u64 time_now(void);

/* Boot, one hart, before any other is started: now it is `now`, unless it is
   later already. */
void time_set(u64 now);

/* Interrupts this hart at the given time, or never (TIME_NEVER). */
void timer_set(u64 when);

/* Interrupts another hart (PENDING_IPI).  Never waits. */
void ipi_send(u32 hart);

/*
 * The guest's time limit, for tests: from `when` on, in ticks since power-on
 * whatever time_set() said, the first timer interrupt of any hart calls
 * guest_time_over() (an upcall, boot/), which ends the machine.  Whatever else
 * the timers are set to, it comes.
 */
void timer_limit(u64 when);
void guest_time_over(void) noreturn;
