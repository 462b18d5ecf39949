/*
 * The lock order.  A hart takes locks downward in this list only, and holds
 * at most one of each rank but objects (whose set is taken in address order,
 * cap/opset.h).  A lock that is only tried may be tried in any order: who
 * never waits closes no cycle.  The debug build asserts the order.
 *
 * The self-lock of a loaded process stands outside: it is held over
 * everything, and whoever waits for it holds nothing (proc/halt.h).
 */
#pragma once

/* X(enumerator, name) */
#define LOCK_RANKS(X)                                                        \
	X(LR_SERIAL, "serialization") /* of the discipline (lock/discipline.h) */ \
	X(LR_STOP, "stop")        /* claims on loaded processes (proc/halt.h) */ \
	X(LR_MEET, "meet")        /* who has come to a meeting */             \
	X(LR_OBJECT, "object")    /* MROW (lock/mrow.h) */                   \
	X(LR_SPACE, "space")      /* page tables, mapping references */      \
	X(LR_STORE, "store")      /* log, places, checkpoint (store/log.h) */ \
	X(LR_BUCKET, "bucket")    /* the object hash */                      \
	X(LR_RING, "ring")        /* one object's capabilities and hooks */  \
	X(LR_QUEUE, "queue")      /* one queue of the kernel */              \
	X(LR_READY, "ready")      /* one ready queue */                      \
	X(LR_IO, "store I/O")     /* leaf: transfers that failed */            \
	X(LR_DISK, "disk")        /* leaf: requests in the disk's driver */   \
	X(LR_FRAMES, "frames")    /* leaf: free frames and headers */

enum lock_rank {
#define X(id, name) id,
	LOCK_RANKS(X)
#undef X
	LR_COUNT
};
