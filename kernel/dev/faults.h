/*
 * Faults on purpose, for tests: in front of the disk, whichever it is, so that
 * the n-th write fails the same way each time.  Boot arguments of the same
 * names set them; disk_cut_power_at() the last one.
 *
 * Requests are counted from boot as they are submitted, from 1 on; the boot's
 * own reads are among them.  0: never.
 */
#pragma once

#include <dev/device.h>

#define NO_BLOCK (~0ul)

struct faults {
	u64 fail_read;   /* each read of this block fails; NO_BLOCK: of none */
	u64 fail_write;  /* the n-th write fails */
	u64 fail_writes; /* the n-th and all later ones fail */
	u64 fail_flush;  /* the n-th flush fails */
	u64 gone;        /* from the n-th request on all fail */
	u64 cut;         /* the power fails at the n-th write */
};

/* Boot: the disk with these faults. */
const struct disk_device *faults_before(const struct disk_device *device,
					const struct faults *wanted);
