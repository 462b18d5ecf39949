/*
 * The console log: the kernel's own lines on the serial line, and those of
 * conlog capabilities.  One writer at a time; whole lines stay whole.
 */
#pragma once

#include <base/types.h>

void log_printf(const char *format, ...) printf_like(1, 2);

/* Raw bytes, as they are. */
void log_write(const char *text, size_t n);

/* The end of the machine: from now on lines are printed without the lock. */
void log_emergency(void);
