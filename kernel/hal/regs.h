/*
 * The registers of a user program: the shape in which the trap path saves
 * them (first thing in a process) and PROC_GET_REGS gives them.
 */
#pragma once

#include <abi/orders.h>
#include <arch/regs.h>

/*
 * arch/regs.h names, as indexes into proc_regs.x, the registers of
 * abi/invoke.h: REG_A0 to REG_A7 and REG_T0, and gives
 *
 *      INVOKE_LENGTH   bytes of the instruction that invokes
 */
