/* What every room needs: sizes, wrapped addresses, a few macros. */
#pragma once

#include <abi/types.h>

/* A physical address, which cannot be mistaken for a pointer. */
typedef struct {
	u64 raw;
} paddr_t;

/* A user virtual address, which the kernel never dereferences. */
typedef struct {
	u64 raw;
} vaddr_t;

#define PADDR(x) ((paddr_t){ (x) })
#define VADDR(x) ((vaddr_t){ (x) })

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define ROUND_UP(x, n) (((x) + (n)-1) / (n) * (n))

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr)-offsetof(type, member)))

/*
 * Harts share memory by lines of so many bytes.  aligned_to_line: a type or a
 * field begins one.  own_line: a variable has one to itself, which is for words
 * that many harts write, so that they disturb nobody who wants something else.
 */
#define CACHE_LINE 64
#define aligned_to_line __attribute__((aligned(CACHE_LINE)))
#define own_line __attribute__((section(".data.line"))) aligned_to_line

#define noreturn __attribute__((noreturn))
#define printf_like(f, a) __attribute__((format(printf, f, a)))
/* A path that is seldom taken: kept out of the way of its caller. */
#define seldom __attribute__((noinline, cold))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
