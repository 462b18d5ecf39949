#include <caps.h>
#include <factory.h>
#include <invoke.h>
#include <layout.h>
#include <program.h>
#include <text.h>

#define WORDS_MAX 16

/* Every program has one; some leave the arguments out. */
int main(int argc, char **argv);

/* Called by _start. */
void program_run(char *line) noreturn;

void program_run(char *line)
{
	char *word[WORDS_MAX + 1] = { 0 };
	int count = text_split(line, word, WORDS_MAX);
	program_exit((u64)main(count, word));
}

/*
 * The factory's answer never comes: by then nobody is left to receive it.  A
 * first process was not made by the factory and rests for ever.
 */
void program_exit(u64 code)
{
	call4(CAP_FACTORY, FACTORY_EXIT, code, 0, 0);
	for (;;) {
		struct message none = { 0 };
		message_wait(&none);
	}
}
