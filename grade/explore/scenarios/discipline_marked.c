/*
 * LOCKS=marked: see discipline.h.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/marked.c
 *	kernel/cap/cap.c kernel/obj/slot.c
 *	kernel/cap/check.c kernel/base/fmt.c
 *	kernel/wait/hook.c kernel/wait/queue.c kernel/sched/sched.c
 *	kernel/sched/timed.c kernel/proc/meet.c kernel/dev/line.c
 *	kernel/proc/process.c kernel/proc/dispatch.c kernel/trap/txn.c
 *	solutions/02-transient-pins/pin.c
 *	solutions/01-interrupt-deferral/defer.c solutions/03-mrow-locks/mrow.c
 *	solutions/04-stall-queues/stall.c solutions/05-halting/halt.c
 *	solutions/05-halting/shoot.c
 */
#include "discipline.h"

DISCIPLINE_SCENARIO(RETRIES, .harts = 2);
