#include <console.h>
#include <more.h>

#define ROWS 20

bool more_asks;

bool more(struct more *m)
{
	char line[CONSOLE_LINE];
	if (!more_asks || m->rows++ < ROWS)
		return true;
	m->rows = 1;
	return read_line("more? Enter; or q ", line, NULL) == RC_OK && !line[0];
}
