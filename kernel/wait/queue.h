/*
 * The kernel's queues, in one array.
 *
 * A queue head has the shape of an object's ring and holds hooks.  With the
 * exception of the worry queue every member has work to do; so the checkpoint
 * finds all of them by walking this array and the hook tails of the rings of
 * objects (source: KeyKOS, "Kernel Strategies").  Order is not kept there.
 */
#pragma once

#include <abi/orders.h>
#include <hal/irq.h>
#include <obj/slot.h>

#define IO_QUEUES 16  /* a power of two, tunable: OID % IO_QUEUES */
#define WAIT_QUEUES 16
#define STOP_QUEUES 8 /* hashed by OID of the target */

/* X(group, queues in it, name) */
#define QUEUES(X)                                                        \
	X(Q_READY, PRIORITIES, "ready")   /* by priority */              \
	X(Q_WORRY, 1, "worry")            /* available, promised */  \
	X(Q_JUNK, 1, "junk")              /* malformed; not served */    \
	X(Q_IRQ, IRQ_LINES, "irq")        /* one a line */               \
	X(Q_IO, IO_QUEUES, "object I/O")  /* hash of OID */              \
	X(Q_WAIT, WAIT_QUEUES, "wait")    /* one a wait capability */    \
	X(Q_CHECKPOINT, 1, "checkpoint")  /* waits for the next one */   \
	X(Q_STOP, STOP_QUEUES, "stop")    /* another halts its process */ \
	X(Q_FRAMES, 1, "frames")          /* kernel resources that ... */ \
	X(Q_NODES, 1, "nodes")                                           \
	X(Q_PROCESSES, 1, "processes")                                   \
	X(Q_MAPREFS, 1, "mapping references")                            \
	X(Q_REQUESTS, 1, "I/O requests")                                 \
	X(Q_LOG, 1, "log space")          /* ... can run out */

enum queue_group {
#define X(id, n, name) id,
	QUEUES(X)
#undef X
	QUEUE_GROUPS
};

enum {
#define X(id, n, name) +(n)
	QUEUE_COUNT = 0 QUEUES(X)
#undef X
};

struct queue {
	struct ring ring;         /* first */
	struct atomic64 enqueued; /* hooks put here since boot */
} aligned_to_line;

extern struct queue queues[QUEUE_COUNT];

/* Boot: makes all heads. */
void queues_init(void);

/* The ring of queue i of the group. */
struct ring *queue_ring(enum queue_group g, unsigned i);

/* Writes "group" or "group index" of queues[i] into name. */
void queue_name(unsigned i, char *name, size_t size);

/* The index in queues[] of this ring, or -1: it is an object's. */
int queue_index(const struct ring *r);
