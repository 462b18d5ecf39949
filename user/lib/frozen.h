/*
 * A frozen program, as the image holds it: a read-only node.
 */
#pragma once

#include <base/types.h>

enum frozen_slot {
	FROZEN_SPACE = 0, /* root node of its space, read-only throughout */
	FROZEN_ENTRY = 1, /* number: program counter to begin at */
	FROZEN_STACK = 2, /* number: stack pointer to begin with */
	FROZEN_NAME = 3,  /* number: eight letters, the first the lowest byte */
};

#define FROZEN_LETTERS 8

/* The letters as text; what cannot be printed shows as a question mark. */
void frozen_name(u64 letters, char name[FROZEN_LETTERS + 1]);
