#include <base/string.h>
#include <editor.h>

#define BELL "\a"

static void show(const struct editor *e, const char *text)
{
	e->show(text, strlen(text));
}

static void repeat(const struct editor *e, const char *text, size_t times)
{
	while (times--)
		show(e, text);
}

void editor_redraw(const struct editor *e)
{
	show(e, e->prompt);
	e->show(e->line, e->length);
	repeat(e, "\b", e->length - e->cursor);
}

void editor_begin(struct editor *e, const char *prompt, const char *text,
		  size_t cursor)
{
	string_copy(e->prompt, prompt, sizeof(e->prompt));
	string_copy(e->line, text, sizeof(e->line));
	e->length = strlen(e->line);
	e->cursor = MIN(cursor, e->length);
	e->keys = (struct keys){ 0 };
	editor_redraw(e);
}

static void move(struct editor *e, size_t to)
{
	if (to < e->cursor)
		repeat(e, "\b", e->cursor - to);
	else
		e->show(e->line + e->cursor, to - e->cursor);
	e->cursor = to;
}

/* Shows what stands behind the cursor, and blanks where more stood before. */
static void show_rest(const struct editor *e, size_t blanks)
{
	size_t rest = e->length - e->cursor;
	e->show(e->line + e->cursor, rest);
	repeat(e, " ", blanks);
	repeat(e, "\b", rest + blanks);
}

/* Takes out what stands from `from` up to, not including, `to`. */
static void erase(struct editor *e, size_t from, size_t to)
{
	move(e, from);
	memmove(e->line + from, e->line + to, e->length - to);
	e->length -= to - from;
	show_rest(e, to - from);
}

static void insert(struct editor *e, u8 key)
{
	if (key < ' ' || key >= KEY_BACKSPACE ||
	    e->length == sizeof(e->line) - 1) {
		show(e, BELL);
		return;
	}
	memmove(e->line + e->cursor + 1, e->line + e->cursor,
		e->length - e->cursor);
	e->line[e->cursor] = (char)key;
	e->length++;
	move(e, e->cursor + 1);
	show_rest(e, 0);
}

/* Where the word before the cursor begins. */
static size_t word_start(const struct editor *e)
{
	size_t at = e->cursor;
	while (at && e->line[at - 1] == ' ')
		at--;
	while (at && e->line[at - 1] != ' ')
		at--;
	return at;
}

static size_t left(const struct editor *e)
{
	return e->cursor ? e->cursor - 1 : 0;
}

static size_t right(const struct editor *e)
{
	return MIN(e->cursor + 1, e->length);
}

/* What a control character, or a function key turned into one, does. */
static enum editor_event control(struct editor *e, u8 key)
{
	switch (key) {
	case CTRL('A'):
		move(e, 0);
		break;
	case CTRL('B'):
		move(e, left(e));
		break;
	case CTRL('D'):
		erase(e, e->cursor, right(e));
		break;
	case CTRL('E'):
		move(e, e->length);
		break;
	case CTRL('F'):
		move(e, right(e));
		break;
	case CTRL('K'):
		erase(e, e->cursor, e->length);
		break;
	case CTRL('L'):
		show(e, "\033[H\033[2J");
		editor_redraw(e);
		break;
	case CTRL('U'):
		erase(e, 0, e->cursor);
		break;
	case CTRL('W'):
		erase(e, word_start(e), e->cursor);
		break;
	case CTRL('H'):
	case KEY_BACKSPACE:
		erase(e, left(e), e->cursor);
		break;
	default:
		insert(e, key);
	}
	return EDITOR_MORE;
}

enum editor_event editor_key(struct editor *e, u8 typed)
{
	u8 key = keys_decode(&e->keys, typed);
	if (typed == CTRL('D') && key == typed && e->length == 0)
		return EDITOR_END; /* the Delete key never ends a line */
	switch (key) {
	case 0:
		return EDITOR_MORE;
	case '\r':
	case '\n':
		move(e, e->length);
		show(e, "\n");
		return EDITOR_LINE;
	case '\t':
		return EDITOR_COMPLETE;
	case CTRL('P'):
		return EDITOR_OLDER;
	case CTRL('N'):
		return EDITOR_NEWER;
	}
	return control(e, key);
}
