#include <base/string.h>

/* Whole words where both ends allow it: pages and registers do. */
void *memcpy(void *to, const void *from, size_t n)
{
	char *t = to;
	const char *f = from;
	if ((((u64)t | (u64)f) & 7) == 0)
		for (; n >= 8; n -= 8, t += 8, f += 8)
			*(u64 *)t = *(const u64 *)f;
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
	if (((u64)t & 7) == 0)
		for (; n >= 8; n -= 8, t += 8)
			*(u64 *)t = word;
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
