/*
 * Lab 0's tests: what the stand-in writes down, on a page that the grader
 * reads from outside and the tested program has no capability to.
 */
#pragma once

#include <base/types.h>

/* As whom it is called: the badge. */
enum stand_in {
	AS_CLOCK = 0,
	AS_STRANGER = 1, /* says of itself that it is a number */
	AS_KEEPER = 2,
	AS_FACTORY = 3, /* of which only the end of the program is asked */
};

struct board {
	u64 calls[4];  /* by badge */
	u64 ended;     /* 1: the program said that it ends */
	u64 fault;     /* enum fault_code: it could not go on, */
	u64 address;   /* where, */
	u64 pc;        /* and at which instruction */
};
