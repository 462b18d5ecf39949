#include <base/crc32c.h>

/*
 * The polynomial is 0x82f63b78, reflected.  Eight bytes are taken at once
 * (source: M. Kounavis and F. Berry, "slicing-by-8", 2005): a CRC is linear, so
 * that of eight bytes is the sum of those of each of them with zeros behind it,
 * and there is a table for each number of zeros, from none to seven.
 *
 * For the same reason the CRC of a byte is the sum of those of its bits, and
 * the compiler makes each table of 256 from eight: what the bits 0 to 7 give.
 * (grade/kit/test_crc32c.py looks at each entry.)
 */
#define BIT(byte, i, crc) (((byte) >> (i)&1) * (crc))
#define BYTE(b, c0, c1, c2, c3, c4, c5, c6, c7)                          \
	(BIT(b, 0, c0) ^ BIT(b, 1, c1) ^ BIT(b, 2, c2) ^ BIT(b, 3, c3) ^ \
	 BIT(b, 4, c4) ^ BIT(b, 5, c5) ^ BIT(b, 6, c6) ^ BIT(b, 7, c7))
#define BYTES_4(b, ...)                                   \
	BYTE(b, __VA_ARGS__), BYTE((b) + 1, __VA_ARGS__), \
		BYTE((b) + 2, __VA_ARGS__), BYTE((b) + 3, __VA_ARGS__)
#define BYTES_16(b, ...)                                        \
	BYTES_4(b, __VA_ARGS__), BYTES_4((b) + 4, __VA_ARGS__), \
		BYTES_4((b) + 8, __VA_ARGS__), BYTES_4((b) + 12, __VA_ARGS__)
#define BYTES_64(b, ...)                                           \
	BYTES_16(b, __VA_ARGS__), BYTES_16((b) + 16, __VA_ARGS__), \
		BYTES_16((b) + 32, __VA_ARGS__),                   \
		BYTES_16((b) + 48, __VA_ARGS__)
#define TABLE(...)                                                     \
	{                                                              \
		BYTES_64(0u, __VA_ARGS__), BYTES_64(64u, __VA_ARGS__), \
			BYTES_64(128u, __VA_ARGS__),                   \
			BYTES_64(192u, __VA_ARGS__)                    \
	}

/* By the number of zero bytes behind. */
static const u32 table[8][256] = {
	TABLE(0xf26b8303u, 0xe13b70f7u, 0xc79a971fu, 0x8ad958cfu, 0x105ec76fu,
	      0x20bd8edeu, 0x417b1dbcu, 0x82f63b78u),
	TABLE(0x13a29877u, 0x274530eeu, 0x4e8a61dcu, 0x9d14c3b8u, 0x3fc5f181u,
	      0x7f8be302u, 0xff17c604u, 0xfbc3faf9u),
	TABLE(0xa541927eu, 0x4f6f520du, 0x9edea41au, 0x38513ec5u, 0x70a27d8au,
	      0xe144fb14u, 0xc76580d9u, 0x8b277743u),
	TABLE(0xdd45aab8u, 0xbf672381u, 0x7b2231f3u, 0xf64463e6u, 0xe964b13du,
	      0xd725148bu, 0xaba65fe7u, 0x52a0c93fu),
	TABLE(0x38116facu, 0x7022df58u, 0xe045beb0u, 0xc5670b91u, 0x8f2261d3u,
	      0x1ba8b557u, 0x37516aaeu, 0x6ea2d55cu),
	TABLE(0xef306b19u, 0xdb8ca0c3u, 0xb2f53777u, 0x6006181fu, 0xc00c303eu,
	      0x85f4168du, 0x0e045bebu, 0x1c08b7d6u),
	TABLE(0x68032cc8u, 0xd0065990u, 0xa5e0c5d1u, 0x4e2dfd53u, 0x9c5bfaa6u,
	      0x3d5b83bdu, 0x7ab7077au, 0xf56e0ef4u),
	TABLE(0x493c7d27u, 0x9278fa4eu, 0x211d826du, 0x423b04dau, 0x847609b4u,
	      0x0d006599u, 0x1a00cb32u, 0x34019664u),
};

/* Data shorter than this is not worth folding. */
#define FOLD_MIN 64

static crc32c_fold *machine_fold; /* NULL: the machine cannot */

void crc32c_use(crc32c_fold *fold)
{
	machine_fold = fold;
}

static u32 add_byte(u32 crc, u8 byte)
{
	return (crc >> 8) ^ table[0][(u8)crc ^ byte];
}

/* The entry for the byte at bits 2 to 9: scaled already, it is an address. */
static u64 entry(const u32 *of, u64 scaled)
{
	return *(const u32 *)((const char *)of + (scaled & (255 << 2)));
}

/* Little-endian: the first byte, with seven behind it, is the lowest. */
static u64 add_word(u64 crc, u64 word)
{
	word ^= crc;
	return entry(table[7], word << 2) ^ entry(table[6], word >> 6) ^
	       entry(table[5], word >> 14) ^ entry(table[4], word >> 22) ^
	       entry(table[3], word >> 30) ^ entry(table[2], word >> 38) ^
	       entry(table[1], word >> 46) ^ entry(table[0], word >> 54);
}

static u32 add_words(u32 crc, const u64 *word, size_t n)
{
	u64 sum = crc, rest[2];
	if (n * 8 >= FOLD_MIN && machine_fold) {
		size_t odd = n % 2;
		machine_fold(crc, word, (n - odd) * 8, rest);
		sum = add_word(add_word(0, rest[0]), rest[1]);
		word += n - odd;
		n = odd;
	}
	while (n--)
		sum = add_word(sum, *word++);
	return (u32)sum;
}

u32 crc32c_more(u32 crc, const void *data, size_t n)
{
	const u8 *p = data;
	crc = ~crc;
	for (; n && (u64)p % 8; n--)
		crc = add_byte(crc, *p++);
	crc = add_words(crc, (const u64 *)p, n / 8);
	p += n - n % 8;
	for (n %= 8; n--;)
		crc = add_byte(crc, *p++);
	return ~crc;
}

u32 crc32c(const void *data, size_t n)
{
	return crc32c_more(0, data, n);
}
