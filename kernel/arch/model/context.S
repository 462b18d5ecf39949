/*
 * Contexts: a stack, with what a function must keep on top of it.
 *
 * context_switch(void **save, void *load)
 *      leaves this context in *save and goes on in the one saved in `load`
 * context_enter(void **save, void *top, void (*f)(void))
 *      leaves this one likewise and calls f on the empty stack below `top`
 * context_reset(void *top, void (*f)(void))
 *      calls f on the empty stack; this context is given up
 *
 * f does not return.  It finds nothing in the registers of what was there before:
 * what it saves of them on its stack is part of the hart's state.
 */
	.text
	.globl	context_switch, context_enter, context_reset

#if defined(__x86_64__)

	.macro	keep
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, (%rdi)
	.endm

context_switch:
	keep
	mov	%rsi, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret

	.macro	forget
	xor	%ebp, %ebp
	xor	%ebx, %ebx
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d
	.endm

context_enter:
	keep
	mov	%rsi, %rsp
	forget
	call	*%rdx

context_reset:
	mov	%rdi, %rsp
	forget
	call	*%rsi

#elif defined(__aarch64__)

	.macro	keep
	sub	sp, sp, #160
	stp	x19, x20, [sp]
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	mov	x9, sp
	str	x9, [x0]
	.endm

context_switch:
	keep
	mov	sp, x1
	ldp	x19, x20, [sp]
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	add	sp, sp, #160
	ret

	.macro	forget
	.irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	mov	x\n, xzr
	.endr
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	fmov	d\n, xzr
	.endr
	.endm

context_enter:
	keep
	mov	sp, x1
	forget
	blr	x2

context_reset:
	mov	sp, x0
	forget
	blr	x1

#else
#error "the explorer runs on x86-64 and arm64"
#endif

	.section .note.GNU-stack, "", %progbits
