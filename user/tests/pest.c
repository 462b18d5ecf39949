/*
 * pest flood | hoard | wait | read: a program that is no good neighbour.
 *
 * It prints as much as the log of a test has room for; buys everything and
 * keeps it; waits for a message that never comes; or reads a line.
 */
#include <bank.h>
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <invoke.h>
#include <program.h>

#define CAP_BOUGHT 10
#define LINES 3000

static void flood(void)
{
	for (u64 i = 0; i < LINES; i++)
		printf("flood %lu\n", i);
}

/* Processes and nodes before pages: the bank's own limits end it. */
static void hoard(void)
{
	static const enum obj_kind kinds[] = { OK_PROCESS, OK_NODE, OK_PAGE };
	for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++) {
		u64 count = 0;
		while (bank_buy(kinds[k], 0, CAP_BOUGHT) == RC_OK)
			count++;
		printf("hoard: %lu of kind %u\n", count, kinds[k]);
	}
}

static noreturn void rest(void)
{
	struct message m = { 0 };
	for (;;)
		message_wait(&m);
}

int main(int argc, char **argv)
{
	char line[CONSOLE_LINE];
	if (argc != 2)
		return 1;
	if (strcmp(argv[1], "flood") == 0)
		flood();
	if (strcmp(argv[1], "hoard") == 0)
		hoard();
	if (strcmp(argv[1], "read") == 0) {
		read_line("pest> ", line, NULL);
		printf("pest read %s\n", line);
		return 0;
	}
	rest();
}
