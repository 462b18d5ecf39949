#include <base/string.h>

#define WORD sizeof(u64)
#define LINE (8 * WORD)

static bool is_aligned(const void *a, const void *b)
{
	return (((u64)a | (u64)b) & (WORD - 1)) == 0;
}

static inline void copy_line(u64 *t, const u64 *f)
{
	u64 a = f[0], b = f[1], c = f[2], d = f[3];
	u64 e = f[4], g = f[5], h = f[6], i = f[7];
	t[0] = a, t[1] = b, t[2] = c, t[3] = d;
	t[4] = e, t[5] = g, t[6] = h, t[7] = i;
}

static inline void fill_line(u64 *t, u64 word)
{
	t[0] = t[1] = t[2] = t[3] = word;
	t[4] = t[5] = t[6] = t[7] = word;
}

/* Whole lines, then words, where both ends allow it: pages do. */
void *memcpy(void *to, const void *from, size_t n)
{
	char *t = to;
	const char *f = from;
	if (is_aligned(t, f)) {
		for (; n >= LINE; n -= LINE, t += LINE, f += LINE)
			copy_line((u64 *)t, (const u64 *)f);
		for (; n >= WORD; n -= WORD, t += WORD, f += WORD)
			*(u64 *)t = *(const u64 *)f;
	}
	while (n--)
		*t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	char *t = to;
	const char *f = from;
	if (t <= f || t >= f + n)
		return memcpy(to, from, n);
	while (n--)
		t[n] = f[n];
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	char *t = to;
	u64 word = (u8)byte * 0x0101010101010101ul;
	if (is_aligned(t, t)) {
		for (; n >= LINE; n -= LINE, t += LINE)
			fill_line((u64 *)t, word);
		for (; n >= WORD; n -= WORD, t += WORD)
			*(u64 *)t = word;
	}
	while (n--)
		*t++ = (char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;
	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	while (n && *a && *a == *b)
		a++, b++, n--;
	return n ? (u8)*a - (u8)*b : 0;
}

void string_copy(char *to, const char *from, size_t size)
{
	size_t n = 0;
	for (; n + 1 < size && from[n]; n++)
		to[n] = from[n];
	to[n] = 0;
}
