/* CRC-32C (Castagnoli), as iSCSI and ext4 use it: reflected, seed ~0. */
#pragma once

#include <base/types.h>

u32 crc32c(const void *data, size_t n);
