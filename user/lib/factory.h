/*
 * The factory: makes processes of frozen programs, and ends them.
 *
 * What it makes is an *instance*.  Its bank account's number is its name
 * everywhere: the badge of its own start capability to the factory, of its
 * bank's, of its keeper's.  So the factory knows who calls by the badge
 * alone; whoever starts an instance pays for it and may wait for its end.
 */
#pragma once

#include <bank.h>
#include <base/types.h>
#include <frozen.h>

enum factory_order {
	FACTORY_START = 0, /* str = command line; w1 = 1: c0 = its keeper, 0:
	                      the pager; c1 = gift, put into its CAP_GIFT;
	                      w2 = 0, or 1 + breaks (console.h): Ctrl-C, if
	                      typed after so many, ends it
	                      -> w1 = instance, c0 = start capability to it;
	                      c1 = the pager, for its keeper to forward to */
	FACTORY_EXIT = 1,  /* w1 = code: ends the caller; no answer */
	FACTORY_WAIT = 2,  /* w1 = instance
	                      -> w1 = enum factory_end, w2 = code */
	FACTORY_KILL = 3,  /* w1 = instance, or its index alone */
	FACTORY_ENDED = 4, /* -> w1 = an instance of the caller's that has
	                      ended and was not waited for, w2, w3 as of WAIT;
	                      RC_LIMIT: none has */
	FACTORY_SELF = 5,  /* w1 = badge -> c0 = start capability to caller */
	FACTORY_NAMES = 6, /* -> str = names of the programs, with blanks */
	FACTORY_NAME = 7,  /* str, up to FACTORY_LETTERS: the caller's process
	                      is called that, with # and its index */
	FACTORY_STOP = 8,  /* w1 as KILL: it, and all it started, is held */
	FACTORY_GO = 9,    /* w1 as KILL: until then */
};

enum factory_result {
	FACTORY_NO_PROGRAM = RC_SERVER,
};

/* How an instance ended; what the code means. */
enum factory_end {
	END_EXIT,  /* what it gave to FACTORY_EXIT, or returned from main() */
	END_KILL,  /* 0 */
	END_BREAK, /* 0: Ctrl-C was typed */
	END_FAULT, /* enum fault_code */
};

/* Badges that are no instances. */
enum factory_badge {
	FACTORY_BREAK = 0xfffe,  /* the relay from the console */
	FACTORY_DEATHS = 0xffff, /* the relay from the pager */
};

#define FACTORY_PROGRAMS NODE_SLOTS
#define FACTORY_LETTERS 12

/* On CAP_FACTORY. */

struct start {
	const char *line; /* command line */
	u8 keeper, gift;  /* registers sent; 0: none */
	u8 server, pager; /* registers that receive, or 0 */
	bool foreground;  /* Ctrl-C ends it ... */
	u64 breaks;       /* ... if typed after so many of them */
	u64 instance;     /* out */
};

u64 factory_start(struct start *s);
u64 factory_wait(u64 instance, u64 *end, u64 *code);
u64 factory_kill(u64 instance);
u64 factory_stop(u64 instance);
u64 factory_go(u64 instance);
u64 factory_name(const char *name);
u64 factory_self(u16 badge, unsigned to);
