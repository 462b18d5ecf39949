/*
 * Typing a line.  The console edits it; the keys that are the shell's own come
 * here: up and down go through the lines typed before, Tab completes a word.
 */
#include "shell.h"

#include <base/string.h>

#define KEPT 32 /* lines */

static char kept[KEPT][CONSOLE_LINE];
static u64 remembered; /* lines so far; the last KEPT of them are there */

/* The line typed `back` lines ago, 1 the last one. */
static char *line_ago(u64 back)
{
	return kept[(remembered - back) % KEPT];
}

void remember(const char *line)
{
	if (!line[0] || (remembered && strcmp(line, line_ago(1)) == 0))
		return;
	remembered++;
	string_copy(line_ago(1), line, CONSOLE_LINE);
}

void history(int argc, char **argv)
{
	(void)argc, (void)argv;
	for (u64 back = MIN(remembered, KEPT); back; back--)
		printf("%4lu  %s\n", remembered - back + 1, line_ago(back));
}

/* Replaces the text by that of `back` lines ago, 0 what was begun. */
static void recall(struct edit *e, u64 *back, bool older)
{
	static char begun[CONSOLE_LINE];
	if (older ? *back == MIN(remembered, KEPT) : *back == 0) {
		print("\a");
		return;
	}
	if (*back == 0)
		string_copy(begun, e->line, sizeof(begun));
	*back += older ? 1 : -1ul;
	string_copy(e->line, *back ? line_ago(*back) : begun, sizeof(e->line));
	e->cursor = strlen(e->line);
}

/* Puts text in at the cursor, or as much as the line has room for. */
static void insert(struct edit *e, const char *text)
{
	size_t length = strlen(e->line), size = strlen(text);
	size = MIN(size, sizeof(e->line) - 1 - length);
	memmove(e->line + e->cursor + size, e->line + e->cursor,
		length - e->cursor + 1);
	memcpy(e->line + e->cursor, text, size);
	e->cursor += size;
}

static void run_completion(struct completion *c, const struct edit *e,
			   size_t start)
{
	static char before[CONSOLE_LINE], stem[CONSOLE_LINE];
	string_copy(before, e->line, start + 1);
	string_copy(stem, e->line + start, e->cursor - start + 1);
	*c = (struct completion){ .show = c->show,
				  .stem = stem,
				  .typed = e->cursor - start };
	complete(c, before);
}

/* One Tab puts in what is certain, two in a row show what it may be. */
static void complete_word(struct edit *e, bool second)
{
	static struct completion c;
	size_t start = e->cursor;
	while (start && e->line[start - 1] != ' ')
		start--;
	c.show = false;
	run_completion(&c, e, start);
	if (c.count == 0 || (c.count > 1 && !c.common[c.typed] && !second)) {
		print("\a");
	} else if (c.count == 1 || c.common[c.typed]) {
		insert(e, c.common + c.typed);
		if (c.count == 1 && !e->line[e->cursor])
			insert(e, " ");
	} else {
		c.show = true;
		print("\n");
		run_completion(&c, e, start);
		print("\n");
	}
}

u64 ask_line(char line[CONSOLE_LINE], u64 *breaks_before)
{
	static struct edit e;
	u64 back = 0, result;
	bool tab = false;
	e = (struct edit){ .prompt = PROMPT };
	while ((result = edit_line(&e)) == CONSOLE_KEY) {
		e.again = true;
		if (e.key == KEY_COMPLETE)
			complete_word(&e, tab);
		else
			recall(&e, &back, e.key == KEY_OLDER);
		tab = e.key == KEY_COMPLETE;
	}
	*breaks_before = e.breaks;
	string_copy(line, e.line, CONSOLE_LINE);
	if (result == RC_OK)
		remember(line);
	return result;
}
