/* The labels of vector.S and entry.S, and what they call. */
#pragma once

#include <base/types.h>

/* stvec: not to be called. */
void trap_vector(void);

/* Where hart_start() has the firmware start a hart: a physical address. */
void start_other(void);

/* An exception in user mode that is no ecall. */
void trap_user_exception(u64 cause) noreturn;

/* Any exception in the kernel, which makes none on purpose. */
void trap_kernel_exception(u64 cause, u64 sp, u64 ra) noreturn;

/* entry.S: the boot hart, then every other, on their stacks. */
void platform_start(u64 hw_id, paddr_t device_tree) noreturn;
void hart_arrive(void) noreturn;
