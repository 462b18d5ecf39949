/*
 * User memory, as the kernel reaches it: through the space tree and the direct
 * map, never through user mappings.
 */
#pragma once

#include <space/space.h>

/*
 * Copies n bytes (at most PAGE_SIZE) from the space that the slot names.  False with a fault at
 * the first address that cannot be read.
 */
bool umem_read(struct cap *top, u64 va, void *to, size_t n, struct fault *f);

/* Memory of a process that was made sure of before the commit point. */
struct umem_window {
	struct {
		char *at;
		size_t size;
	} piece[2];
	size_t size; /* of both */
};

/*
 * Makes sure of up to n bytes (at most PAGE_SIZE) for writing, and read-locks
 * their pages.  False with a fault if not all of it is there; the window then
 * has what is, from the start.
 */
bool umem_open(struct cap *top, u64 va, size_t n, struct umem_window *w,
	       struct fault *f);

/* Writes min(n, window) bytes; returns how many. */
size_t umem_fill(const struct umem_window *w, const void *from, size_t n);
