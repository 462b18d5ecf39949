#include "clmul.h"

/*
 * Sixteen bytes a, b with sixteen more behind them are worth a * x^192 +
 * b * x^128 there, and anything that is the same modulo the polynomial.  So a
 * and b are multiplied by the two powers, each reduced to 32 bits.
 *
 * Bits are reflected: the first of the data is the highest.  A product of two
 * reflected words is one place lower than it should be, so the powers are one
 * less: x^191 and x^127.
 */
#define X_191 0x3743f7bd00000000ul
#define X_127 0x3171d43000000000ul

/* By number: not every assembler knows the two instructions. */
static inline u64 clmul(u64 a, u64 b)
{
	u64 low;
	asm(".insn r 0x33, 1, 5, %0, %1, %2" : "=r"(low) : "r"(a), "r"(b));
	return low;
}

static inline u64 clmulh(u64 a, u64 b)
{
	u64 high;
	asm(".insn r 0x33, 3, 5, %0, %1, %2" : "=r"(high) : "r"(a), "r"(b));
	return high;
}

void clmul_fold(u32 crc, const u64 *data, size_t n, u64 rest[2])
{
	const u64 *end = data + n / 8;
	u64 a = data[0] ^ crc, b = data[1];
	for (data += 2; data != end; data += 2) {
		u64 next = clmul(a, X_191) ^ clmul(b, X_127) ^ data[0];
		b = clmulh(a, X_191) ^ clmulh(b, X_127) ^ data[1];
		a = next;
	}
	rest[0] = a;
	rest[1] = b;
}
