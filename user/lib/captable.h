/*
 * A table of capabilities, for servers that keep more of them than they have
 * registers: a node (CAP_TABLE) whose slots hold nodes of 16 entries each, as
 * many as the manifest gave it.
 */
#pragma once

#include <base/types.h>

#define CAP_TABLE 10
#define CAP_TABLE_LEAF 11 /* used for the way */

u64 captable_put(unsigned entry, unsigned from);
u64 captable_get(unsigned entry, unsigned to);
