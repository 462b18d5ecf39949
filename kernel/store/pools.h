/* The object pools, sized at boot. */
#pragma once

#include <obj/object.h>

void pools_init(const u64 objects[OK_COUNT]);
