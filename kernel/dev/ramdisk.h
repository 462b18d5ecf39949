/*
 * The RAM disk: the boot image in memory, behind the disk interface.
 *
 * It needs no time, and then completes a request before disk_submit() returns:
 * nobody stalls.  With the boot argument slow=US each request takes a time of
 * its own, up to US microseconds, drawn by seed=S; so completions come late
 * and out of order, and come again the same way with the same seed.  A write
 * takes effect when it is completed, so writes reach the image in that order.
 * What is in the image outlives nothing: a flush only takes its time.
 */
#pragma once

#include <dev/device.h>

/* Boot, one hart: the disk is the `size` bytes there. */
const struct disk_device *ramdisk_init(void *image, u64 size, u64 slow_us,
				       u64 seed);
