/* The few string functions the kernel uses, as in C's <string.h>. */
#pragma once

#include <base/types.h>

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

/* Copies at most size - 1 bytes, always ends with a zero (size > 0). */
void string_copy(char *to, const char *from, size_t size);
