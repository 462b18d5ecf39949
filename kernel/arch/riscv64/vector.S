/*
 * Traps, and the way back to user mode.
 *
 *   1. tp holds this hart in the kernel; sscratch holds it in user mode and
 *      is 0 in the kernel, which tells the two apart.
 *   2. sstatus.SPP is 0 and SPIE 1 but while a trap from kernel mode is
 *      served: a trap from user mode leaves them so, and so does every sret.
 *      Hence neither entry nor exit touches sstatus.
 *   3. A trap from user mode starts on an empty kernel stack and never
 *      returns here; an interrupt from kernel mode does, and while it is
 *      served no second one comes.
 */
#include "offsets.h"

	.macro	each_user_register op
	/* All but x4 (tp) and x10 (a0), which are in use. */
	.irp	n, 1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, \
		20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	x\n, REGS_X(\n)(a0)
	.endr
	.endm

	/* What a C function may change, but for t0, which has its own place. */
	.macro	each_caller_saved op
	.set	.Lslot, 0
	.irp	r, ra, t1, t2, t3, t4, t5, t6, a0, a1, a2, a3, a4, a5, a6, a7
	\op	\r, .Lslot(sp)
	.set	.Lslot, .Lslot + 8
	.endr
	.endm
#define FRAME_SIZE 128

	.text
	.globl	trap_vector
	.balign	4
trap_vector:
	csrrw	tp, sscratch, tp
	beqz	tp, trap_from_kernel

	sd	a0, HART_SCRATCH(tp)
	ld	a0, HART_REGS(tp)
	each_user_register sd
	ld	t0, HART_SCRATCH(tp)
	csrrw	t1, sscratch, zero
	csrr	t2, sepc
	sd	t0, REGS_X(10)(a0)
	sd	t1, REGS_X(4)(a0)
	sd	t2, REGS_PC(a0)
	ld	sp, HART_KERNEL_SP(tp)
	/* What the program wrote is seen before it is seen to have left. */
	fence	rw, w
	/* Relaxed, the linker would take the small symbol for an address. */
	.option	push
	.option	norelax
	sw	zero, %lo(hart_mode_offset)(tp)
	.option	pop

	csrr	a0, scause
	li	t0, 8			# ecall from user mode
	bne	a0, t0, 1f
	j	trap_invoke
1:	li	a1, 1
	bgez	a0, 2f
	j	irq_arrived
2:	j	trap_user_exception

trap_from_kernel:
	csrrw	tp, sscratch, tp
	sd	t0, HART_HELD_T0(tp)
	csrr	t0, scause
	bgez	t0, kernel_exception

	addi	sp, sp, -FRAME_SIZE
	each_caller_saved sd
	mv	a0, t0
	li	a1, 0
	call	irq_arrived
	each_caller_saved ld
	addi	sp, sp, FRAME_SIZE
	ld	t0, HART_HELD_T0(tp)
	sret

/* The stack may be what is broken: start over on an empty one. */
kernel_exception:
	mv	a0, t0
	mv	a1, sp
	mv	a2, ra
	ld	sp, HART_KERNEL_SP(tp)
	call	trap_kernel_exception

	.globl	hart_enter_user
hart_enter_user:
	csrw	sscratch, tp
	ld	a0, HART_REGS(tp)
	ld	t0, REGS_PC(a0)
	csrw	sepc, t0
	/* Ends a reservation the process before may have left (lr without
	   sc).  If it should succeed, it stores what is there already. */
	sc.d	zero, t0, REGS_PC(a0)
	each_user_register ld
	ld	tp, REGS_X(4)(a0)
	ld	a0, REGS_X(10)(a0)
	sret

	.globl	hart_reset_stack
hart_reset_stack:
	ld	sp, HART_KERNEL_SP(tp)
	jr	a0
