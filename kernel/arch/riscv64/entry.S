/*
 * Where a hart starts: physical addresses, interrupts disabled, no stack.
 * The boot hart comes from the firmware to _start, the others from
 * hart_start() to start_other; or to _start as well: OpenSBI before 1.3 lets a
 * hart go before it has written down where to.
 */
#include "offsets.h"

/*
 * Goes on in the direct map.  The fetch that follows the write of satp has no
 * mapping any more and traps to stvec, which names the same place in the
 * direct map: so no identity mapping is ever made.
 */
	.macro enter_direct_map
	la	t0, boot_root
	srli	t0, t0, 12
	li	t1, 8 << 60		# Sv39
	or	t0, t0, t1
	la	t1, 1f
	li	t2, DIRECT_BASE
	add	t1, t1, t2
	csrw	stvec, t1
	sfence.vma
	csrw	satp, t0
	.balign	4
1:	sfence.vma
	la	t0, trap_vector
	csrw	stvec, t0
	.endm

	.section .text.entry, "ax", @progbits
	.globl	_start
/* a0: this hart's hardware id, a1: the device tree.  Both stay in place. */
_start:
	csrw	sie, zero
	la	t0, kernel_is_up
	li	t1, 1
	amoswap.w t1, t1, (t0)
	bnez	t1, start_astray
	la	t0, bss_start
	la	t1, bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, 0(t0)
	addi	t0, t0, 8
	j	1b
2:	enter_direct_map
	/* Its own id it learns from the device tree; nobody else is up. */
	la	tp, harts
	la	sp, kernel_stacks + STACK_SIZE
	csrw	sscratch, zero
	call	platform_start

/* Its struct hart is there: hart_start() was called for it. */
start_astray:
	la	a1, harts
	/* Relaxed, the linker would take the small symbol for an address. */
	.option	push
	.option	norelax
	lui	t1, %hi(hart_size)
	addi	t1, t1, %lo(hart_size)
	.option	pop
1:	ld	t0, %lo(hart_hw_id_offset)(a1)
	beq	t0, a0, 2f
	add	a1, a1, t1
	j	1b
2:	li	t0, DIRECT_BASE
	add	a1, a1, t0

	.globl	start_other
/* a1: this hart's struct hart, as the kernel sees it. */
start_other:
	csrw	sie, zero
	mv	tp, a1
	enter_direct_map
	ld	sp, HART_KERNEL_SP(tp)
	csrw	sscratch, zero
	call	hart_arrive

	.data
	.balign	4
kernel_is_up:
	.word	0

/*
 * The root table every hart starts on: the direct map alone, as 1 GiB leaves.
 * Only the one that holds the kernel may be executed.
 */
#define DEVICE_LEAF 0xe7 /* dirty, accessed, global, write, read, valid */
#define KERNEL_LEAF (DEVICE_LEAF | 8)

	.section .rodata
	.balign	4096
	.globl	boot_root
boot_root:
	.zero	256 * 8
	.set	.Lgib, 0
	.rept	256
	.if	.Lgib == 0x80200000 >> 30
	.quad	.Lgib << 28 | KERNEL_LEAF
	.else
	.quad	.Lgib << 28 | DEVICE_LEAF
	.endif
	.set	.Lgib, .Lgib + 1
	.endr
