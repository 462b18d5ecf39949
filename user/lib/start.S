/*
 * Where every program starts, with the stack pointer at STACK_TOP.  The
 * command line stands at the very top of the stack, ended by a zero; a first
 * process finds nothing but zeros there.
 */
#include <layout.h>

	.section .text.start, "ax", @progbits
	.globl	_start
_start:
	addi	sp, sp, -ARGS_MAX
	mv	a0, sp
	call	program_run
