/* Indexes into proc_regs.x, by the names of the calling convention. */
#pragma once

enum reg {
	REG_RA = 1,
	REG_SP = 2,
	REG_GP = 3,
	REG_TP = 4,
	REG_T0 = 5,
	REG_A0 = 10,
	REG_A1 = 11,
	REG_A2 = 12,
	REG_A3 = 13,
	REG_A4 = 14,
	REG_A5 = 15,
	REG_A6 = 16,
	REG_A7 = 17,
};

#define INVOKE_LENGTH 4 /* ecall has no compressed form */
