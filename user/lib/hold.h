/*
 * Holding a process: it gets a meter that is empty, so that the next time it
 * is to run it faults to the meter's keeper, who does not answer until it may
 * go on.  Whatever it waits for meanwhile is not disturbed: no answer is lost.
 *
 * The meter's node also keeps the resume capability of the fault.  It is
 * bought on the account of the instance held, and ends with it.
 */
#pragma once

#include <assembly.h>

#define HOLD_PARKED 2 /* slot of the node, beside METER_TICKS and _KEEPER */

/*
 * These use the factory's registers (assembly.h): CAP_PROCESS is the process,
 * `entry` the place of its node in the table, void until it is first held.
 */
u64 hold_begin(u64 instance, unsigned entry);
void hold_park(unsigned entry, unsigned resume);
void hold_end(unsigned entry);
