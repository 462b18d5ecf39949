/* Cutting the power on purpose: enum ckpt_crash of abi/orders.h. */
#pragma once

#include <abi/orders.h>
#include <base/types.h>

/* The power is cut then.  False: there is no such time. */
bool crash_at(u64 when, u64 n);

/* Called when a root is about to be written. */
void crash_if_wanted_at_commit(void);
