/* Control and status registers of supervisor mode. */
#pragma once

#define SSTATUS_SIE (1ul << 1)
#define SSTATUS_SPIE (1ul << 5)
#define SSTATUS_SPP (1ul << 8)
#define SSTATUS_VS (3ul << 9)
#define SSTATUS_FS (3ul << 13)
#define SSTATUS_SUM (1ul << 18)
#define SSTATUS_MXR (1ul << 19)

/* sie, sip: one bit per interrupt; the numbers are scause's, too. */
#define IRQ_SOFTWARE 1
#define IRQ_TIMER 5
#define IRQ_EXTERNAL 9
#define IRQ_BIT (1ul << 63) /* of scause: an interrupt, no exception */

#define SATP_SV39 (8ul << 60)

/* Sstc's compare register, by number: older assemblers do not know it. */
#define CSR_STIMECMP 0x14d

#define CSR_TEXT_(name) #name
#define CSR_TEXT(name) CSR_TEXT_(name)

#define csr_read(name)                                     \
	({                                                 \
		unsigned long csr_value;                   \
		asm volatile("csrr %0, " CSR_TEXT(name)    \
			     : "=r"(csr_value)::"memory"); \
		csr_value;                                 \
	})
#define csr_write(name, value) \
	asm volatile("csrw " CSR_TEXT(name) ", %0" ::"rK"(value) : "memory")
#define csr_set(name, bits) \
	asm volatile("csrs " CSR_TEXT(name) ", %0" ::"rK"(bits) : "memory")
#define csr_clear(name, bits) \
	asm volatile("csrc " CSR_TEXT(name) ", %0" ::"rK"(bits) : "memory")
