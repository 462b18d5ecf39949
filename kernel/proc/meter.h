/*
 * Meters: how long a process may run.  A meter is a node (abi/orders.h); the
 * time a process used is taken from it when it is next to run, and if nothing
 * is left it does not run: its meter's keeper gets a fault.  What a meter
 * cannot pay stays owed, so several processes on one meter get no more than
 * it holds.  Only what a destroyed process still owes is lost.
 */
#pragma once

#include <proc/process.h>

/*
 * Pays what p, loaded here, owes, and cuts its quantum (hart.quantum_end) to
 * the ticks left.  FAULT_NONE; FAULT_METER if they are used up;
 * FAULT_MALFORMED if its slot does not hold a meter.  May restart the
 * transaction.
 */
enum fault_code meter_settle(struct process *p);

/* The ticks left in a meter's node, which this hart has locked. */
u64 meter_left(struct node *n);
