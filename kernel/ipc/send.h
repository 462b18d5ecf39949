/*
 * Inside the room: sending a marshalled message to a process.
 */
#pragma once

#include <ipc/deliver.h>

/* How the invoker fares by it. */
enum send_mode {
	SEND_CALL = OP_CALL,            /* waits for the answer */
	SEND_AVAILABLE = OP_REPLY_WAIT, /* becomes available */
	SEND_GO_ON = OP_SEND,           /* runs on */
	SEND_FAULT = OP_COUNT,          /* the kernel's call of a keeper: waits,
	                                   resting */
};

/*
 * m->target is a start capability: delivers when its process is available,
 * stalls the invoker on its ring until then.  False, nothing done, if the
 * capability is void by now.
 */
bool send_to_start(struct msg *m, enum send_mode mode);

/*
 * m->target is a resume capability: delivers, which voids its copies.  False,
 * nothing done, if it is void.
 */
bool send_to_resume(struct msg *m, enum send_mode mode);

/*
 * Write-locks the process that a resume capability waits for.  NULL if it is
 * void.  Restarts the transaction if the process is busy.
 */
struct process *lock_waiting(const struct mcap *resume);

/*
 * Past the commit point: a receptive process gets its message and is ready;
 * one that rests goes on where it was, or, if the answer's word 0 is not
 * RC_OK, is junk.
 */
void wake_with(struct process *p, const struct delivery *d);
