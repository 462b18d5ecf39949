/*
 * What the program of lab 0 is given, and what it leaves behind.
 *
 * Its register 8, CAP_GRANT (caps.h), holds a node with three capabilities;
 * main() takes them into the registers below.  The clock is in CAP_CLOCK, as
 * in every program.
 */
#pragma once

#include <base/types.h>
#include <console.h>
#include <program.h>

/* The slots of the node that is granted. */
enum grant_slot {
	GRANT_ANSWERS = 0, /* a page for struct answers */
	GRANT_NUMBER = 1,  /* a number, or not */
	GRANT_PARCEL = 2,  /* a node of sixteen capabilities of all types */
};

/* Capability registers of this program, beside those of caps.h. */
enum first_register {
	CAP_NUMBER = 10,
	CAP_PARCEL = 11,
	CAP_ANSWERS = 12,
	CAP_FOUND = 13, /* what was last taken out of the parcel */
};

/* What main() writes down after each step; the grader reads it there. */
struct answers {
	u64 number_result; /* of read_number(), */
	u64 number;        /* and the number, or UNKNOWN */
	u64 clock_result;  /* of read_clock(), */
	u64 seconds;       /* and the time, or UNKNOWN */
	u64 slot;          /* of find_number(), or UNKNOWN: not asked yet */
};
#define UNKNOWN 0x756e6b6e6f776e21ul

/*
 * Reads the number capability in register `reg`: stores its value and returns
 * RC_OK.  If what it calls there answers another result code, it returns that
 * and leaves *value as it was.
 */
u64 read_number(unsigned reg, u64 *value);

/*
 * Asks the clock for the seconds since 1970 (clock.h): stores them and returns
 * RC_OK, or returns the clock's result code and leaves *seconds as it was.
 */
u64 read_clock(u64 *seconds);

/*
 * The lowest slot of the node in register `node` that holds a number, or
 * NODE_SLOTS if none does.  What is in the slots is only looked at: nothing
 * taken out of the node is invoked.
 */
unsigned find_number(unsigned node);

/* Ends the program where nothing has been written yet. */
static inline noreturn void yours_to_write(const char *function)
{
	printf("lab 0: %s is yours to write\n", function);
	program_exit(1);
}
