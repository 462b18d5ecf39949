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

#define noreturn __attribute__((noreturn))
#define printf_like(f, a) __attribute__((format(printf, f, a)))
/* A path that is seldom taken: kept out of the way of its caller. */
#define seldom __attribute__((noinline, cold))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
