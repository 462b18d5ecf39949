/*
 * What stands behind disk_submit(): a driver, as disk.c sees it.  Invariants 1
 * and 4 to 6 of dev/disk.h are its to keep.
 */
#pragma once

#include <dev/disk.h>

struct disk_device {
	/*
	 * Does what is asked, late or at once, and calls disk_done().  With
	 * r->failed set it is to fail, as late as any other, no block changed.
	 */
	void (*submit)(struct disk_request *r);
	void (*poll)(void); /* boot: completes what is done */
	u64 (*blocks)(void);
};

/* Boot, one hart: the disk of this machine, or else panics. */
const struct disk_device *disk_find(void);
