#include <base/crc32c.h>

#define POLYNOMIAL 0x82f63b78u

/* Four bits at a time: a table of 16 words is small enough to read. */
static u32 step(u32 crc)
{
	for (int bit = 0; bit < 4; bit++)
		crc = (crc >> 1) ^ ((crc & 1) ? POLYNOMIAL : 0);
	return crc;
}

u32 crc32c(const void *data, size_t n)
{
	u32 table[16], crc = ~0u;
	for (u32 i = 0; i < ARRAY_SIZE(table); i++)
		table[i] = step(i);
	for (const u8 *p = data; n; n--, p++) {
		crc ^= *p;
		crc = (crc >> 4) ^ table[crc & 15];
		crc = (crc >> 4) ^ table[crc & 15];
	}
	return ~crc;
}
