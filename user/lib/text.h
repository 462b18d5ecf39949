/* Small things one does with words and numbers. */
#pragma once

#include <base/string.h>
#include <base/types.h>

/*
 * Cuts a line into words at blanks, in place; returns how many, at most
 * `most`.  A word past that is left out.
 */
int text_split(char *line, char **words, int most);

/* The number (decimal, or hexadecimal with 0x) a text is; false if none. */
bool text_number(const char *text, u64 *value);

/* The number in argv[i], or `otherwise` if there is none or it is none. */
u64 text_argument(int argc, char **argv, int i, u64 otherwise);
