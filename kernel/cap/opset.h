/*
 * The operation locks of one transaction: the pages and nodes it works on,
 * each in the strongest mode it needs, taken in address order, and their
 * capabilities prepared again (Shapiro 2006, sections 5.3 and 6.2).
 * Processes are not in the set: they are halted first (proc/halt.h).
 */
#pragma once

#include <cap/cap.h>

#define OPSET_MAX 4

struct opset {
	struct {
		const struct mcap *cap;
		struct obj *obj; /* out: locked, or NULL: void by now */
		bool write;
	} member[OPSET_MAX];
	unsigned count;
};

/* Adds what the capability names; returns its index. */
unsigned opset_add(struct opset *s, const struct mcap *c, bool write);

/*
 * Takes all the locks, by the discipline that is linked (lock/discipline.h):
 * spinning, as a rule.  This hart holds no object lock but of processes.
 * Afterwards member[i].obj tells, for each, the locked object or
 * that it was destroyed meanwhile; the same object in two members appears in
 * both (compare the pointers to find aliasing).
 */
void opset_lock(struct opset *s);
