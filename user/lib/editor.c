#include <base/string.h>
#include <editor.h>

#define CTRL(letter) ((letter) - '@')
#define ESCAPE 0x1b
#define DELETE 0x7f

static void show(const struct editor *e, const char *text)
{
	e->show(text, strlen(text));
}

void editor_begin(struct editor *e, const char *prompt, size_t size)
{
	size = MIN(size, sizeof(e->prompt) - 1);
	memcpy(e->prompt, prompt, size);
	e->prompt[size] = 0;
	e->length = 0;
	e->escape = 0;
	show(e, e->prompt);
}

void editor_redraw(const struct editor *e)
{
	show(e, e->prompt);
	e->show(e->line, e->length);
}

static void erase(struct editor *e, size_t count)
{
	while (count--) {
		e->length--;
		show(e, "\b \b");
	}
}

/* Characters back to the beginning of the last word. */
static size_t last_word(const struct editor *e)
{
	size_t at = e->length;
	while (at && e->line[at - 1] == ' ')
		at--;
	while (at && e->line[at - 1] != ' ')
		at--;
	return e->length - at;
}

static void insert(struct editor *e, u8 key)
{
	if (key < ' ' || e->length == sizeof(e->line) - 1)
		return;
	e->line[e->length++] = (char)key;
	e->show(&e->line[e->length - 1], 1);
}

/*
 * Function keys send ESC, '[' or 'O', parameters below '@', and one character
 * from there on.  They mean nothing here, and must not turn into text.
 */
static bool swallow(struct editor *e, u8 key)
{
	if (key == ESCAPE)
		e->escape = 1;
	else if (e->escape == 1)
		e->escape = key == '[' || key == 'O' ? 2 : 0;
	else if (e->escape == 2)
		e->escape = key >= '@' ? 0 : 2;
	else
		return false;
	return true;
}

enum editor_event editor_key(struct editor *e, u8 key)
{
	if (swallow(e, key))
		return EDITOR_MORE;
	switch (key) {
	case '\r':
	case '\n':
		show(e, "\n");
		return EDITOR_LINE;
	case CTRL('D'):
		return e->length ? EDITOR_MORE : EDITOR_END;
	case CTRL('H'):
	case DELETE:
		erase(e, e->length ? 1 : 0);
		break;
	case CTRL('U'):
		erase(e, e->length);
		break;
	case CTRL('W'):
		erase(e, last_word(e));
		break;
	case CTRL('L'):
		show(e, "\033[H\033[2J");
		editor_redraw(e);
		break;
	default:
		insert(e, key);
	}
	return EDITOR_MORE;
}
