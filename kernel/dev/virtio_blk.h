/*
 * The disk as a virtio block device (source: Virtual I/O Device 1.2, section
 * 5.2).  Each request under way has a slot of the driver's: the chain the
 * device reads, the header, the byte for the outcome.  With indirect
 * descriptors there are as many slots as the queue is long, else a third of
 * that; what finds none free waits in the order it came.
 *
 * Invariants, beside those of dev/disk.h
 *  1. The interrupt line is masked from an interrupt on until no completion is
 *     left; the device is quieted before the last look, so that none is missed.
 *  2. A device that breaks the rules, or needs a reset, is stopped for good: it
 *     is said once, what is under way fails, and so does all that comes later.
 */
#pragma once

#include <dev/device.h>

/* Boot, one hart: the first such device, running; NULL if there is none. */
const struct disk_device *virtio_blk_find(void);
