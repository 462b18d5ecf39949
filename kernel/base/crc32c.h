/* CRC-32C (Castagnoli), as iSCSI and ext4 use it: reflected, seed ~0. */
#pragma once

#include <base/types.h>

u32 crc32c(const void *data, size_t n);

/* The CRC of what had the CRC `crc`, and n bytes more behind it; of nothing
   it is 0. */
u32 crc32c_more(u32 crc, const void *data, size_t n);
