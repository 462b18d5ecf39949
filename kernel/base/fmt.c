#include <base/fmt.h>
#include <base/string.h>

struct spec {
	unsigned width;
	bool zeros, left, wide;
};

static void put_padded(fmt_put *put, void *to, const char *s, size_t n,
		       struct spec spec)
{
	unsigned pad = spec.width > n ? spec.width - (unsigned)n : 0;
	if (spec.zeros && pad && n && *s == '-') {
		put(to, *s++);
		n--;
	}
	for (; pad && !spec.left; pad--)
		put(to, spec.zeros ? '0' : ' ');
	while (n--)
		put(to, *s++);
	for (; pad; pad--)
		put(to, ' ');
}

static void put_number(fmt_put *put, void *to, u64 value, unsigned base,
		       bool negative, struct spec spec)
{
	char text[24], *end = text + sizeof(text), *s = end;
	do {
		*--s = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative)
		*--s = '-';
	put_padded(put, to, s, (size_t)(end - s), spec);
}

static const char *parse_spec(const char *f, struct spec *spec)
{
	*spec = (struct spec){ 0 };
	for (;; f++) {
		if (*f == '-')
			spec->left = true;
		else if (*f == '0')
			spec->zeros = true;
		else
			break;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		spec->width = spec->width * 10 + (unsigned)(*f - '0');
	for (; *f == 'l' || *f == 'z'; f++)
		spec->wide = true;
	return f;
}

void fmt_format(fmt_put *put, void *to, const char *f, va_list args)
{
	for (; *f; f++) {
		struct spec spec;
		if (*f != '%') {
			put(to, *f);
			continue;
		}
		f = parse_spec(f + 1, &spec);
		if (*f == 0)
			return;
		if (*f == 's') {
			const char *s = va_arg(args, const char *);
			s = s ? s : "(null)";
			put_padded(put, to, s, strlen(s), spec);
		} else if (*f == 'c') {
			put(to, (char)va_arg(args, int));
		} else if (*f == 'd') {
			i64 v = spec.wide ? va_arg(args, i64) : va_arg(args, int);
			put_number(put, to, v < 0 ? 0 - (u64)v : (u64)v, 10,
				   v < 0, spec);
		} else if (*f == 'u' || *f == 'x') {
			u64 v = spec.wide ? va_arg(args, u64) : va_arg(args, u32);
			put_number(put, to, v, *f == 'x' ? 16 : 10, false, spec);
		} else if (*f == 'p') {
			put_number(put, to, (u64)va_arg(args, void *), 16, false,
				   spec);
		} else {
			put(to, *f);
		}
	}
}

struct buffer {
	char *at, *end;
};

static void put_buffer(void *to, char c)
{
	struct buffer *b = to;
	if (b->at < b->end)
		*b->at++ = c;
}

size_t fmt_vsnprintf(char *buf, size_t size, const char *format, va_list args)
{
	if (size == 0)
		return 0;
	struct buffer b = { buf, buf + size - 1 };
	fmt_format(put_buffer, &b, format, args);
	*b.at = 0;
	return (size_t)(b.at - buf);
}

size_t fmt_snprintf(char *buf, size_t size, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	size_t n = fmt_vsnprintf(buf, size, format, args);
	va_end(args);
	return n;
}
