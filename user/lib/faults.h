/* Faults as messages to keepers (abi/faults.h). */
#pragma once

#include <abi/faults.h>
#include <base/types.h>

/* "" for a number that is no fault. */
const char *fault_name(u64 fault);

/* True if w0 is the order of a fault message; stores which fault. */
static inline bool fault_of_order(u64 order, u64 *fault)
{
	*fault = order - FAULT_ORDER;
	return order > FAULT_ORDER && order < FAULT_ORDER + FAULT_COUNT;
}
