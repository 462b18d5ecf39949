/*
 * call NAME [WORD ...]: sends up to four words to whatever the directory has
 * under that name, and prints the answer.
 *
 * A program and no command of the shell, because what is called may never
 * answer: then Ctrl-C ends the program, and the shell is none the worse.
 */
#include <caps.h>
#include <console.h>
#include <invoke.h>
#include <names.h>
#include <object.h>
#include <program.h>
#include <text.h>

#define CAP_CALLED 10

static int complain(const char *name, u64 result)
{
	if (result == NAMES_UNKNOWN)
		printf("call: nothing is called %s; see `names`\n", name);
	else if (result == RC_VOID)
		printf("call: what %s named is gone\n", name);
	else
		printf("call: %s: %s\n", name, result_name(result));
	return 1;
}

int main(int argc, char **argv)
{
	u64 w[MSG_WORDS] = { 0 };
	if (argc < 2 || argc > 2 + MSG_WORDS) {
		print("call NAME [WORD ...]: up to four numbers\n");
		return 1;
	}
	for (int i = 2; i < argc; i++) {
		if (text_number(argv[i], &w[i - 2]))
			continue;
		printf("call: %s is no number\n", argv[i]);
		return 1;
	}
	u64 result = names_look_up(argv[1], CAP_CALLED);
	if (result == RC_OK && cap_type_of(CAP_CALLED, NULL) == CT_VOID)
		result = RC_VOID;
	if (result != RC_OK)
		return complain(argv[1], result);
	struct words a = call4(CAP_CALLED, w[0], w[1], w[2], w[3]);
	printf("%lu %lu %lu %lu\n", a.w0, a.w1, a.w2, a.w3);
	return 0;
}
