/*
 * The RAM disk: the boot image in memory, behind the disk interface.
 *
 * It needs no time, and then completes a request before disk_submit() returns:
 * nobody stalls.  With the boot argument slow=US each request takes a time of
 * its own, up to US microseconds, drawn by seed=S; so completions come late
 * and out of order, and come again the same way with the same seed.
 */
#pragma once

#include <dev/disk.h>

/* Boot, one hart: the disk is the `size` bytes there. */
void ramdisk_init(void *image, u64 size, u64 slow_us, u64 seed);

void ramdisk_submit(struct disk_request *r);
u64 ramdisk_blocks(void);

/* Completes what is due; the time of what is due next (a timed_source). */
u64 ramdisk_serve(u64 now);
