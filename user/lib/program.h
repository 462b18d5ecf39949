/*
 * A program begins in main(), which takes its command line's words or, where
 * it has none, nothing, and ends when that returns its exit code.
 */
#pragma once

#include <base/types.h>

/* Ends this program: all it bought goes back to the bank. */
void program_exit(u64 code) noreturn;
