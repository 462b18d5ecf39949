/* CRC-32C (Castagnoli), as iSCSI and ext4 use it: reflected, seed ~0. */
#pragma once

#include <base/types.h>

u32 crc32c(const void *data, size_t n);

/* The CRC of what had the CRC `crc`, and n bytes more behind it; of nothing
   it is 0. */
u32 crc32c_more(u32 crc, const void *data, size_t n);

/*
 * A machine that multiplies polynomials folds long data: n bytes, a multiple
 * of 16 and at least that, become the 16 of `rest`, whose sum from 0 is the
 * data's from `crc`.  The "sum" is the CRC as it is inside, not inverted.
 */
typedef void crc32c_fold(u32 crc, const u64 *data, size_t n, u64 rest[2]);

/* Boot, at most once: from now on it is done this way. */
void crc32c_use(crc32c_fold *fold);
