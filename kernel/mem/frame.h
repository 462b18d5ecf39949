/*
 * Frames: the free 4 KiB pieces of memory.  A stack of free ones, linked
 * through their first word.
 */
#pragma once

#include <base/types.h>
#include <hal/mmu.h>

/* Boot, one hart: hands over [start, end), page aligned.  Up to 4 ranges. */
void frames_add(paddr_t start, paddr_t end);

/*
 * Takes a frame, zeroed.  False when there is none: the caller, before its
 * commit point, stalls or reclaims.
 */
bool frame_alloc(paddr_t *out);
void frame_free(paddr_t frame);

/* Boot, one hart: takes consecutive zeroed memory for a table that is never
   freed.  Panics, naming `what`, when memory does not suffice. */
void *frames_carve(size_t bytes, const char *what);

u64 frames_total(void);
u64 frames_used(void);
