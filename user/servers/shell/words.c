/* Completion: what the word that is being typed may become. */
#include "shell.h"

#include <base/fmt.h>
#include <base/string.h>
#include <names.h>

static void offer(struct completion *c, const char *word)
{
	size_t same = 0;
	if (strncmp(word, c->stem, c->typed) != 0)
		return;
	if (c->show)
		printf("%s  ", word);
	if (c->count++ == 0)
		string_copy(c->common, word, sizeof(c->common));
	while (c->common[same] && c->common[same] == word[same])
		same++;
	c->common[same] = 0;
}

static void offer_commands(struct completion *c)
{
	for (const struct topic *t = commands; t->name; t++)
		offer(c, t->name);
}

static void offer_programs(struct completion *c)
{
	char word[CONSOLE_LINE];
	const char *list = program_names();
	while (*list) {
		size_t size = 0;
		while (list[size] && list[size] != ' ')
			size++;
		string_copy(word, list, size + 1);
		offer(c, word);
		list += size + (list[size] == ' ');
	}
}

static void offer_names(struct completion *c)
{
	char name[NAMES_LETTERS + 1];
	enum cap_type type;
	for (u64 i = 0; i < NAMES_MOST; i++)
		if (names_list(i, name, &type) == RC_OK)
			offer(c, name);
}

static void offer_jobs(struct completion *c)
{
	char text[8];
	u64 number;
	for (unsigned i = 0; job_number(i, &number); i++) {
		fmt_snprintf(text, sizeof(text), "%lu", number);
		offer(c, text);
	}
}

/* How many words there are; the first is copied, cut to its room. */
static unsigned count_words(const char *line, char first[NAMES_LETTERS + 1])
{
	unsigned count = 0;
	first[0] = 0;
	for (;;) {
		size_t size = 0;
		while (*line == ' ')
			line++;
		while (line[size] && line[size] != ' ')
			size++;
		if (size == 0)
			return count;
		if (count++ == 0)
			string_copy(first, line,
				    MIN(size, (size_t)NAMES_LETTERS) + 1);
		line += size;
	}
}

void complete(struct completion *c, const char *line)
{
	static const struct {
		const char *first; /* word of the line */
		unsigned words;    /* before the one to complete */
		void (*offer)(struct completion *c);
	} places[] = {
		{ "", 0, offer_commands },     { "", 0, offer_programs },
		{ "help", 1, offer_commands }, { "help", 1, offer_programs },
		{ "run", 1, offer_programs },  { "bind", 2, offer_programs },
		{ "unbind", 1, offer_names },  { "call", 1, offer_names },
		{ "kill", 1, offer_jobs },     { "stop", 1, offer_jobs },
		{ "go", 1, offer_jobs },       { "note", 1, offer_names },
	};
	char first[NAMES_LETTERS + 1];
	unsigned words = count_words(line, first);
	for (unsigned i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i].words == words &&
		    strcmp(places[i].first, first) == 0)
			places[i].offer(c);
}
