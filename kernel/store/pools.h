/*
 * The pools: how many headers of pages, nodes and processes there are, how many
 * spaces and mapping references.  Memory is a cache, so each may be far smaller
 * than what the disk has.
 *
 * Boot arguments pages=, nodes=, processes=, spaces=, maprefs= say how many;
 * without them there are as many as the disk has objects, but nodes take an
 * eighth of memory at most, processes a sixteenth, and pages the rest.
 */
#pragma once

#include <abi/captypes.h>
#include <base/types.h>

/*
 * Boot, one hart, the queues made, and all other tables carved out of memory:
 * makes the pools for an image with so many OIDs of each kind, and `listed`
 * processes with work to do.  Panics if one is too small to be sure of progress,
 * or memory does not suffice.
 */
void pools_init(const u64 objects[OK_COUNT], u64 listed);
