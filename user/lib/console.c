#include <abi/orders.h>
#include <base/fmt.h>
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <invoke.h>

static void write(const char *text, size_t size)
{
	struct message m;
	do {
		m = (struct message){ .w = { CONSOLE_WRITE },
				      .text = text,
				      .text_size = size };
	} while (message_call(CAP_CONSOLE, &m) == RC_LIMIT);
}

void print(const char *text)
{
	for (size_t left = strlen(text); left;) {
		size_t size = MIN(left, CONLOG_MAX); /* it may be a conlog */
		write(text, size);
		text += size;
		left -= size;
	}
}

struct output {
	char text[128];
	size_t used;
};

static void flush(struct output *out)
{
	if (out->used)
		write(out->text, out->used);
	out->used = 0;
}

static void put(void *to, char c)
{
	struct output *out = to;
	if (out->used == sizeof(out->text))
		flush(out);
	out->text[out->used++] = c;
}

void printf(const char *format, ...)
{
	struct output out = { .used = 0 };
	va_list args;
	va_start(args, format);
	fmt_format(put, &out, format, args);
	va_end(args);
	flush(&out);
}

u64 read_line(const char *prompt, char line[CONSOLE_LINE], u64 *breaks)
{
	struct message m = { .w = { CONSOLE_READ_LINE },
			     .text = prompt,
			     .text_size = strlen(prompt),
			     .buffer = line,
			     .buffer_size = CONSOLE_LINE - 1 };
	u64 result = message_call(CAP_CONSOLE, &m);
	line[m.length] = 0;
	if (breaks)
		*breaks = m.w[1];
	return result;
}

u64 edit_line(struct edit *e)
{
	static char text[CONSOLE_PROMPT + CONSOLE_LINE];
	string_copy(text, e->prompt, CONSOLE_PROMPT);
	size_t size = strlen(text) + 1;
	string_copy(text + size, e->line, CONSOLE_LINE);
	struct message m = { .w = { CONSOLE_EDIT, e->cursor,
				    e->again ? 1 + e->breaks : 0 },
			     .text = text,
			     .text_size = size + strlen(e->line),
			     .buffer = e->line,
			     .buffer_size = CONSOLE_LINE - 1 };
	u64 result = message_call(CAP_CONSOLE, &m);
	e->line[m.length] = 0;
	e->breaks = m.w[1];
	e->cursor = m.w[2];
	e->key = (enum console_key)m.w[3];
	return result;
}

u64 read_key(struct key_input *k)
{
	struct message m = { .w = { CONSOLE_READ_KEY, k->restarts,
				    1 + k->breaks },
			     .text = k->leave,
			     .text_size = strlen(k->leave) };
	u64 result = message_call(CAP_CONSOLE, &m);
	k->breaks = m.w[1];
	k->restarts = m.w[2];
	k->key = (u8)m.w[3];
	return result;
}

u64 console_restarts(void)
{
	struct words a = call4(CAP_CONSOLE, CONSOLE_RESTARTS, 0, 0, 0);
	return a.w0 == RC_OK ? a.w1 : 0;
}
