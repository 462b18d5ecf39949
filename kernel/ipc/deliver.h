/* Delivering a message into the registers of a process. */
#pragma once

#include <ipc/msg.h>

/* What arrives. */
struct delivery {
	const u64 *word;
	const struct mcap *cap;    /* count of them, from the first */
	u64 caps;
	const struct mcap *resume;
	u64 badge;
	size_t length;             /* of the string that was delivered */
};

/*
 * Past the commit point: writes the message where p's last control word wants
 * it.  p is write-locked, is no longer executing it, and has been moved past
 * its invocation.
 */
void deliver(struct process *p, const struct delivery *d);

/* Opens p's string buffer for up to n bytes, as far as it is there. */
void deliver_open(struct process *p, size_t n, struct umem_window *w);
