#include <base/crc32c.h>

/*
 * The polynomial is 0x82f63b78, reflected.  A CRC is linear, so that of a byte
 * is the sum of those of its bits, and the compiler makes the table of 256
 * from these eight: the byte 0x80 gives the polynomial itself, and each bit
 * below what one more step makes of that.
 */
#define BIT(byte, i, crc) (((byte) >> (i)&1) * (crc))
#define BYTE(b)                                            \
	(BIT(b, 0, 0xf26b8303u) ^ BIT(b, 1, 0xe13b70f7u) ^ \
	 BIT(b, 2, 0xc79a971fu) ^ BIT(b, 3, 0x8ad958cfu) ^ \
	 BIT(b, 4, 0x105ec76fu) ^ BIT(b, 5, 0x20bd8edeu) ^ \
	 BIT(b, 6, 0x417b1dbcu) ^ BIT(b, 7, 0x82f63b78u))
#define BYTES_4(b) BYTE(b), BYTE((b) + 1), BYTE((b) + 2), BYTE((b) + 3)
#define BYTES_16(b) \
	BYTES_4(b), BYTES_4((b) + 4), BYTES_4((b) + 8), BYTES_4((b) + 12)
#define BYTES_64(b) \
	BYTES_16(b), BYTES_16((b) + 16), BYTES_16((b) + 32), BYTES_16((b) + 48)

static const u32 table[256] = {
	BYTES_64(0u),
	BYTES_64(64u),
	BYTES_64(128u),
	BYTES_64(192u),
};

u32 crc32c_more(u32 crc, const void *data, size_t n)
{
	crc = ~crc;
	for (const u8 *p = data; n; n--, p++)
		crc = (crc >> 8) ^ table[(u8)crc ^ *p];
	return ~crc;
}

u32 crc32c(const void *data, size_t n)
{
	return crc32c_more(0, data, n);
}
