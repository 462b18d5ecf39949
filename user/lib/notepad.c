#include <base/string.h>
#include <notepad.h>

size_t note_line_start(const struct note *n, size_t at)
{
	while (at && n->text[at - 1] != '\n')
		at--;
	return at;
}

size_t note_line_end(const struct note *n, size_t at)
{
	while (at < n->size && n->text[at] != '\n')
		at++;
	return at;
}

size_t note_row(const struct note *n, size_t at)
{
	size_t row = 0;
	for (size_t i = 0; i < at; i++)
		row += n->text[i] == '\n';
	return row;
}

static size_t line_length(const struct note *n, size_t at)
{
	return note_line_end(n, at) - note_line_start(n, at);
}

static void put(struct note *n, size_t at, const char *text, size_t size)
{
	memmove(n->text + at + size, n->text + at, n->size - at);
	memcpy(n->text + at, text, size);
	n->size += size;
}

static void take(struct note *n, size_t at, size_t size)
{
	memmove(n->text + at, n->text + at + size, n->size - at - size);
	n->size -= size;
}

bool note_insert(struct note *n, char c)
{
	if (n->size == NOTE_MOST ||
	    (c != '\n' && line_length(n, n->at) == NOTE_COLUMNS))
		return false;
	put(n, n->at, &c, 1);
	n->at++;
	return true;
}

bool note_delete(struct note *n)
{
	if (n->at == n->size)
		return false;
	if (n->text[n->at] == '\n' &&
	    line_length(n, n->at) + line_length(n, n->at + 1) > NOTE_COLUMNS)
		return false;
	take(n, n->at, 1);
	return true;
}

bool note_backspace(struct note *n)
{
	if (n->at == 0)
		return false;
	n->at--;
	if (note_delete(n))
		return true;
	n->at++;
	return false;
}

bool note_cut_line(struct note *n)
{
	size_t start = note_line_start(n, n->at);
	size_t size = line_length(n, n->at);
	if (n->size == 0)
		return false;
	n->taken_size = size;
	memcpy(n->taken, n->text + start, size);
	take(n, start, start + size < n->size ? size + 1 : size);
	n->at = start;
	return true;
}

/* Above the line with the cursor. */
bool note_paste_line(struct note *n)
{
	size_t start = note_line_start(n, n->at);
	if (n->size + n->taken_size + 1 > NOTE_MOST)
		return false;
	put(n, start, "\n", 1);
	put(n, start, n->taken, n->taken_size);
	n->at = start;
	return true;
}

bool note_go(struct note *n, bool down)
{
	size_t start = note_line_start(n, n->at), column = n->at - start;
	size_t end = note_line_end(n, n->at);
	if (down ? end == n->size : start == 0)
		return false;
	start = down ? end + 1 : note_line_start(n, start - 1);
	n->at = MIN(start + column, note_line_end(n, start));
	return true;
}

/* The line, and the one it changes places with, are written anew. */
bool note_move_line(struct note *n, bool down)
{
	static char line[NOTE_COLUMNS];
	size_t column = n->at - note_line_start(n, n->at), from = n->at;
	if (!note_go(n, down))
		return false;
	size_t upper = note_line_start(n, down ? from : n->at);
	size_t middle = note_line_end(n, upper);
	size_t end = note_line_end(n, middle + 1);
	size_t first = middle - upper, second = end - middle - 1;
	memcpy(line, n->text + upper, first);
	memmove(n->text + upper, n->text + middle + 1, second);
	n->text[upper + second] = '\n';
	memcpy(n->text + upper + second + 1, line, first);
	n->at = upper + (down ? second + 1 : 0) + column;
	return true;
}
