/*
 * Assembling a process from a frozen program: the factory's handicraft.
 *
 * All is bought on the account of the new instance; whoever calls closes it
 * if a step fails, and so undoes the steps before.
 */
#pragma once

#include <base/types.h>
#include <captable.h>
#include <frozen.h>

/* The factory's registers; CAP_BANK, CAP_SELF, CAP_TABLE and CAP_REPLY are as
   everywhere. */
enum assembly_register {
	CAP_PAGER = 5,
	CAP_ENVIRONMENT = 12,
	/* received with the order */
	CAP_KEEPER_IN = 7,
	CAP_GIFT_IN = 8,
	/* parts */
	CAP_PROGRAM = 1,
	CAP_PROCESS = 3,
	CAP_ACCOUNT = 4, /* the bank, for the new instance */
	CAP_SCRATCH = 6,
	CAP_LEAF = CAP_TABLE_LEAF,
	CAP_OBJECT = 13,
	CAP_PAGING = 14, /* the pager, as keeper of the new instance */
};

/* The node of what an instance is made from, and what it is given. */
enum environment {
	ENV_PROGRAMS = 0, /* node of frozen programs */
	ENV_GRANTS = 1,   /* node: at the same index, a node of its devices */
	ENV_SCHEDULE = 2,
	ENV_CONSOLE = 3,
	ENV_WAIT = 4,
	ENV_DISCRIM = 5,
	ENV_CLOCK = 6,
	ENV_NAMES = 7,
};

/* In a program's node of devices: the page mapped at WINDOW.  All of them it
   finds in the node in its CAP_GRANT. */
#define GRANT_PAGE 0

struct assembly {
	u64 id;           /* of the instance; CAP_ACCOUNT is its bank */
	unsigned program; /* index in the environment's node */
	const char *name; /* of the program */
	bool own_keeper;  /* CAP_KEEPER_IN, not the pager, is its keeper */
	const char *line; /* its command line, less than ARGS_MAX long */
	size_t length;
};

/* Makes the process, stopped: CAP_PROCESS. */
u64 assemble(const struct assembly *a);

/* Names the process in CAP_PROCESS; RC_STRING, RC_ARGUMENT: not with that. */
u64 assembly_set_name(const char *text, size_t length, u64 id);

/* The name of the program at this index; empty if there is none. */
void assembly_name(unsigned program, char name[FROZEN_LETTERS + 1]);
