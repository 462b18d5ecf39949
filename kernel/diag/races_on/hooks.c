/*
 * The compiler calls these before each plain access (-fsanitize=thread), and
 * before each volatile one: those are io.h's, and ordered by other means.
 */
#include "races.h"

#define HOOK(name, size, writes)                                            \
	void name(void *at);                                                \
	void name(void *at)                                                 \
	{                                                                   \
		races_plain(at, size, writes, __builtin_return_address(0)); \
	}

#define IGNORED(name)        \
	void name(void *at); \
	void name(void *at)  \
	{                    \
		(void)at;    \
	}

#define HOOKS(size)                                    \
	HOOK(__tsan_read##size, size, false)           \
	HOOK(__tsan_write##size, size, true)           \
	HOOK(__tsan_unaligned_read##size, size, false) \
	HOOK(__tsan_unaligned_write##size, size, true) \
	IGNORED(__tsan_volatile_read##size)            \
	IGNORED(__tsan_volatile_write##size)

HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)

#define RANGE(name, writes)                                                 \
	void name(void *at, size_t size);                                   \
	void name(void *at, size_t size)                                    \
	{                                                                   \
		races_plain(at, size, writes, __builtin_return_address(0)); \
	}

RANGE(__tsan_read_range, false)
RANGE(__tsan_write_range, true)

void __tsan_init(void);
void __tsan_init(void)
{
}
