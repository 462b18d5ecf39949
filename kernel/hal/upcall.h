/*
 * The calls that go upward: declared here, at the bottom, bound when the
 * kernel is linked.  Nothing else is called against the order of the rooms.
 */
#pragma once

#include <base/types.h>
#include <hal/regs.h>

/* boot/: the boot hart, then every other, arrive here once, on their stack. */
void boot_main(void) noreturn;

/*
 * trap/: a trap from user mode, registers saved in hart->regs, interrupts
 * disabled.  `fault` is one of abi/faults.h, `address` where it happened.
 */
void trap_invoke(void) noreturn;
void trap_fault(u32 fault, u64 address) noreturn;

/*
 * trap/defer.h, lab 1: an interrupt, interrupts disabled.  Does not return if
 * it came from user mode.
 */
void irq_arrived(u64 cause, bool from_user);

/*
 * The non-local exits, from any depth of the kernel: they release every lock
 * this hart holds and start over from the top of its stack.
 *
 * Before the commit point:
 * txn_restart()    execute the same transaction again, now, unless an
 *                  interrupt asks for resched()
 * txn_stall()      sched/stall.h, where its ring is known
 * txn_fault()      execute another in its place: the fault's message to the
 *                  keeper of the process loaded here, or, if it is the message
 *                  that cannot be sent, the junk queue
 *
 * Before it, or past it when all is done:
 * resched()        give up the hart; the process loaded here, if it still has
 *                  work to do, goes back to the ready queue
 *
 * Past it, when all is done:
 * txn_hand_over()  the process that has just been loaded here in the place of
 *                  the other (proc/dispatch.h) begins a transaction of its own
 */
void txn_restart(void) noreturn;
void txn_fault(u32 fault, u64 address, u64 detail) noreturn;
void resched(void) noreturn;
void txn_hand_over(void) noreturn;

/*
 * Cannot go on, or the kernel is wrong: says who, what and the value, and ends
 * the machine with status PANIC_STATUS.
 */
void panic(const char *who, const char *format, ...) noreturn printf_like(2, 3);
#define PANIC_STATUS 101

/*
 * arch/: into user mode with the registers of hart->regs; interrupts are
 * disabled until there.
 */
void hart_enter_user(void) noreturn;

/* arch/: calls f on the empty stack of this hart; what was there is gone. */
void hart_reset_stack(void (*f)(void)) noreturn;
