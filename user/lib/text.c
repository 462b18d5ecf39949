#include <text.h>

int text_split(char *line, char **words, int most)
{
	int count = 0;
	for (;;) {
		while (*line == ' ')
			*line++ = 0;
		if (*line == 0 || count == most)
			return count;
		words[count++] = line;
		while (*line && *line != ' ')
			line++;
	}
}

static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a' + 10);
	return ~0u;
}

bool text_number(const char *text, u64 *value)
{
	unsigned base = 10;
	u64 sum = 0;
	if (text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	}
	if (*text == 0)
		return false;
	for (; *text; text++) {
		unsigned d = digit(*text);
		if (d >= base || sum > (~0ul - d) / base)
			return false;
		sum = sum * base + d;
	}
	*value = sum;
	return true;
}

u64 text_argument(int argc, char **argv, int i, u64 otherwise)
{
	u64 value;
	return i < argc && text_number(argv[i], &value) ? value : otherwise;
}
