/* The machine's date, storage and switch. */
#include "shell.h"

#include <bank.h>
#include <clock.h>
#include <init.h>
#include <invoke.h>

/* Days since 1970 to a date of the Gregorian calendar, counted from the first
   of March, so that the leap day is a year's last. */
static void print_date(u64 days)
{
	u64 since = days + 719468;
	u64 era = since / 146097, day = since % 146097;
	u64 year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	u64 month = (5 * day + 2) / 153;
	printf("%04lu-%02lu-%02lu", era * 400 + year + (month >= 10),
	       month < 10 ? month + 3 : month - 9,
	       day - (153 * month + 2) / 5 + 1);
}

void date(int argc, char **argv)
{
	u64 ticks, now;
	(void)argc, (void)argv;
	if (clock_now(&ticks, &now) != RC_OK) {
		print("The clock does not answer.\n");
		return;
	}
	print_date(now / 86400);
	printf(" %02lu:%02lu:%02lu UTC, first boot %lu.%lu s ago\n",
	       now / 3600 % 24, now / 60 % 60, now % 60, ticks / TICKS_PER_S,
	       ticks * 10 / TICKS_PER_S % 10);
}

void bank(int argc, char **argv)
{
	static const char *const kinds[] = {
#define X(id, n, name) [id] = name,
		OBJ_KINDS(X)
#undef X
	};
	(void)argc, (void)argv;
	print("object           used       most\n");
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		u64 used, most;
		if (bank_status(kind, &used, &most) == RC_OK)
			printf("%-10s %10lu %10lu\n", kinds[kind], used, most);
	}
}

/*
 * What was done since the last checkpoint would be lost, so one is taken.  It
 * holds this very command under way: when it goes on in another epoch, the
 * machine has been off.
 */
void off(int argc, char **argv)
{
	struct ckpt_status before, after;
	(void)argc, (void)argv;
	if (ckpt_status(CAP_CHECKPOINT, &before) == RC_OK) {
		if (!make_durable(&after))
			print("What was done since is lost.\n");
		else if (after.epoch != before.epoch)
			return;
	}
	call4(CAP_CONSOLE, CONSOLE_FLUSH, 0, 0, 0);
	call4(CAP_INIT, INIT_POWER_OFF, 0, 0, 0);
	print("The machine cannot be turned off.\n");
}
