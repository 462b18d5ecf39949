/*
 * Loading a process on this hart, and putting it back.
 *
 * resched() puts the current one back and takes the next; what has to be done
 * before the next can run (its meter, its space) is the first part of a
 * transaction of its own, which may restart or fault like any other.
 */
#pragma once

#include <proc/process.h>

#define QUANTUM_DEFAULT (10 * TICKS_PER_MS)
/* Long enough to get to user mode, in the debug build too. */
#define QUANTUM_MIN (2 * TICKS_PER_MS)

/*
 * The process loaded here gives up the hart: its time is charged; if it still
 * has work to do and its hook is not given away it goes back to its ready
 * queue, to the front unless its quantum is used up.  Its self-lock is dropped.
 */
void proc_put_back(void);

/*
 * Past the commit point, all done but this: the process loaded here, which has
 * no work to do now, hands its hart, and what is left of its quantum, to a
 * running process on no ring that this hart has write-locked.  If a better one
 * is ready, or next to no quantum is left, that one becomes ready instead.
 */
void proc_hand_over(struct process *to) noreturn;

/* Loads the next ready process, after a meeting if one is called (proc/meet.h).
   False: none can be had. */
bool proc_load_next(void);

/*
 * Before the one loaded here runs: looks at its schedule, starts its quantum
 * unless it was handed one, and settles with its meter.  FAULT_NONE, or the
 * fault it gets instead.
 */
enum fault_code proc_settle(void);

/* The slot that such a fault is about. */
enum proc_slot proc_unsettled_slot(const struct process *p);
