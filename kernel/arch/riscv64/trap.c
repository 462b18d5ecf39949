#include "trap.h"

#include "csr.h"
#include "harts.h"

#include <abi/faults.h>
#include <hal/hart.h>
#include <hal/upcall.h>

/* scause, the faults they are for user programs, and their names. */
#define EXCEPTIONS(X)                                      \
	X(0, FAULT_ALIGN, "misaligned fetch")              \
	X(1, FAULT_ACCESS, "fetch refused by the machine") \
	X(2, FAULT_ILLEGAL, "illegal instruction")         \
	X(3, FAULT_BREAK, "breakpoint")                    \
	X(4, FAULT_ALIGN, "misaligned load")               \
	X(5, FAULT_ACCESS, "load refused by the machine")  \
	X(6, FAULT_ALIGN, "misaligned store")              \
	X(7, FAULT_ACCESS, "store refused by the machine") \
	X(12, FAULT_FETCH, "no memory to execute")         \
	X(13, FAULT_READ, "no memory to read")             \
	X(15, FAULT_WRITE, "no memory to write")

static const struct {
	u32 fault;
	const char *name;
} exceptions[] = {
#define X(cause, fault, name) [cause] = { fault, name },
	EXCEPTIONS(X)
#undef X
};

/* Some of these leave stval zero, or the instruction's bits in it. */
static bool is_about_pc(u32 fault)
{
	return fault == FAULT_ILLEGAL || fault == FAULT_BREAK;
}

void trap_user_exception(u64 cause)
{
	u32 fault = FAULT_NONE;
	if (cause < ARRAY_SIZE(exceptions))
		fault = exceptions[cause].fault;
	if (fault == FAULT_NONE)
		panic("trap", "exception %lu from user mode at %lx is unknown",
		      cause, csr_read(sepc));
	trap_fault(fault, is_about_pc(fault) ? hart_self()->regs->pc
					     : csr_read(stval));
}

void trap_kernel_exception(u64 cause, u64 sp, u64 ra)
{
	const char *name = NULL;
	if (cause < ARRAY_SIZE(exceptions))
		name = exceptions[cause].name;
	panic("trap",
	      "%s (cause %lu) in the kernel on hart %u: pc %lx, address %lx, "
	      "ra %lx, sp %lx%s",
	      name ? name : "exception", cause, hart_self()->id, csr_read(sepc),
	      csr_read(stval), ra, sp,
	      hart_stack_is_intact() ? "" : "; its stack has overflowed");
}
