/*
 * What the assembly code knows of C's structures and of the address map.
 * The assertions keep the numbers true.
 */
#pragma once

/* Physical address 0 is seen here; root entries 256 to 511 map it and on. */
#define DIRECT_BASE 0xffffffc000000000

#define STACK_BITS 14
#define STACK_SIZE (1 << STACK_BITS)

#define HART_KERNEL_SP 0
#define HART_REGS 8
#define HART_SCRATCH 16 /* a user register, while vector.S needs one */
#define HART_HELD_T0 24 /* t0 of the kernel code that was interrupted */

#define REGS_PC 0
#define REGS_X(n) (8 + 8 * (n))

#ifndef __ASSEMBLER__
#include <hal/hart.h>

#define OFFSET_IS(type, member, number)                  \
	_Static_assert(offsetof(type, member) == number, \
		       "arch/riscv64/offsets.h: " #number " is wrong now")

OFFSET_IS(struct hart, kernel_sp, HART_KERNEL_SP);
OFFSET_IS(struct hart, regs, HART_REGS);
OFFSET_IS(struct hart, scratch[0], HART_SCRATCH);
OFFSET_IS(struct hart, scratch[1], HART_HELD_T0);
OFFSET_IS(struct proc_regs, pc, REGS_PC);
OFFSET_IS(struct proc_regs, x[31], REGS_X(31));
_Static_assert(HART_KERNEL == 0, "vector.S stores zero in hart.mode");

#undef OFFSET_IS
#endif
