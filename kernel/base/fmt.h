/*
 * Formatting: %d %u %x %s %c %p %%, with l, a width and a leading 0.  User
 * programs format with the same code.
 */
#pragma once

#include <base/types.h>
#include <stdarg.h>

/* Receives each character; `to` is the caller's own. */
typedef void fmt_put(void *to, char c);

void fmt_format(fmt_put *put, void *to, const char *format, va_list args);

/* As C's vsnprintf, but returns the characters written, without the zero. */
size_t fmt_vsnprintf(char *buf, size_t size, const char *format, va_list args);
size_t fmt_snprintf(char *buf, size_t size, const char *format, ...)
	printf_like(3, 4);
