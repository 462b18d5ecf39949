/*
 * Frames: the free 4 KiB pieces of memory.  A stack of free ones, linked
 * through their first word.
 */
#pragma once

#include <base/types.h>
#include <hal/mmu.h>

/* Frames without which nothing can be mapped. */
#define FRAMES_FOR_TABLES 64

/* Boot, one hart: hands over [start, end), page aligned.  Up to 4 ranges. */
void frames_add(paddr_t start, paddr_t end);

/*
 * Boot: sets frames aside for the pages of the image, so that page tables
 * cannot use them up.  Panics if memory does not suffice for both.
 */
void frames_set_aside(u64 frames);

/* Takes one that was set aside, zeroed.  There is one for every page. */
paddr_t frame_take(void);

/*
 * Takes another frame, zeroed.  False when there is none: the caller, before
 * its commit point, reclaims.
 */
bool frame_alloc(paddr_t *out);
void frame_free(paddr_t frame);

/* Boot, one hart: takes consecutive zeroed memory for a table that is never
   freed.  Panics, naming `what`, when memory does not suffice. */
void *frames_carve(size_t bytes, const char *what);

u64 frames_total(void);
u64 frames_used(void);
