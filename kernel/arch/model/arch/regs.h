/* Indexes into proc_regs.x; which they are does not matter here. */
#pragma once

enum reg {
	REG_RA = 1,
	REG_SP,
	REG_GP,
	REG_TP,
	REG_T0,
	REG_A0 = 10,
	REG_A1,
	REG_A2,
	REG_A3,
	REG_A4,
	REG_A5,
	REG_A6,
	REG_A7,
};

#define INVOKE_LENGTH 4
