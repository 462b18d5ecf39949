/*
 * The root: where everything begins.  Two slots are written in turn, each with
 * a sequence number one higher, so that a torn write spoils only the older one.
 */
#pragma once

#include <dev/disk.h>
#include <store/format.h>

/* The root as it was read, or written last. */
extern struct disk_root root;

/*
 * Boot: reads both slots and keeps the valid one of the greater sequence
 * number.  Panics if none is, or if it is no image that this kernel can use.
 */
void root_read(void *(*read)(u64 block));

/*
 * Makes the block of the next root and fills in the request that writes it.
 * From then on `root` is that one.
 */
void root_write(struct disk_request *r);
