/*
 * Faults.  A fault is an invocation of the keeper that the kernel makes for
 * the process that faulted:
 *
 *      w0  FAULT_ORDER + the fault's number
 *      w1  address (of the access, or of the instruction; FAULT_DISK: OID)
 *      w2  program counter
 *      w3  detail: for FAULT_MALFORMED the slot at fault, for
 *          FAULT_DISK the enum obj_kind, else 0
 *      c0  a process capability to the one that faulted
 *      resume: its resume capability
 *
 * The answer's word 0 decides: RC_OK lets it execute the instruction again,
 * anything else puts it on the junk queue.  No register of it is touched, so
 * a keeper that wants it to go on elsewhere sets the registers first.
 * A process whose keeper is not a start capability goes to the junk queue.
 */
#pragma once

#define FAULT_ORDER 0x200

#define FAULTS(X)                                                            \
	X(FAULT_NONE, 0, "none")                                             \
	X(FAULT_READ, 1, "no memory to read")                                \
	X(FAULT_WRITE, 2, "no memory to write")                              \
	X(FAULT_FETCH, 3, "no memory to execute")                            \
	X(FAULT_READONLY, 4, "write to read-only memory")                    \
	X(FAULT_ALIGN, 5, "misaligned access")                               \
	X(FAULT_ILLEGAL, 6, "illegal instruction")                           \
	X(FAULT_BREAK, 7, "breakpoint")                                      \
	X(FAULT_CONTROL, 8, "bad invocation control word")                   \
	X(FAULT_ACCESS, 9, "access the machine refused")                     \
	X(FAULT_TREE, 10, "malformed space tree")                            \
	X(FAULT_MALFORMED, 11, "malformed process")                          \
	X(FAULT_METER, 12, "meter empty")                                    \
	X(FAULT_DISK, 13, "object cannot be read")

enum fault_code {
#define X(id, n, name) id = n,
	FAULTS(X)
#undef X
	FAULT_COUNT
};
