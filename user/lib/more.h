/* Long tables, a screen at a time. */
#pragma once

#include <base/types.h>

/* Whether anybody is there to be asked: set by whoever reads lines typed. */
extern bool more_asks;

struct more {
	unsigned rows; /* since it last asked; to begin with, 0 */
};

/*
 * To be called before each row.  Where the screen is full it waits for Enter;
 * false: the reader has seen enough.
 */
bool more(struct more *m);
