/*
 * The pager: keeper of what the factory makes.
 *
 * Its messages are the kernel's faults (abi/faults.h), and may be forwarded
 * by a keeper that stands before it.  The badge is the instance, on whose
 * account the memory is bought.
 */
#pragma once

#include <abi/invoke.h>
#include <base/types.h>

/* Any badge but these two is an instance. */
enum pager_badge {
	PAGER_MASTER = 0,      /* the factory: order PAGER_MINT */
	PAGER_DEATHS = 0xffff, /* a relay: answered when an instance has died;
	                          w1 = instance, w2 = enum fault_code */
};

enum pager_order {
	PAGER_MINT = 0, /* w1 = instance -> c0 = start capability for it */
};
