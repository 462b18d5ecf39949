/*
 * The inspector: a read-only view of the kernel, for the shell's ps, queues,
 * locks, pages and trace.  Every order takes an index in w1 and answers one
 * record as str, or RC_LIMIT past the last one.  The view is of one record at
 * a time: between two orders the kernel moves on.
 */
#pragma once

#include <abi/captypes.h>
#include <abi/types.h>

enum inspect_order {
	INSPECT_MACHINE = 0, /* str = struct inspect_machine */
	INSPECT_PROCESS = 1, /* str = struct inspect_process */
	INSPECT_QUEUE = 2,   /* str = struct inspect_queue */
	INSPECT_LOCK = 3,    /* str = struct inspect_lock */
	INSPECT_POOL = 4,    /* str = struct inspect_pool */
	INSPECT_TRACE = 5,   /* w1 = sequence number wanted, w2 = hart
	                        -> w1 = sequence number given;
	                        str = struct inspect_trace */
	INSPECT_DISK = 6,    /* w1 = 0; str = struct inspect_disk */
	INSPECT_OBJECT = 7,  /* w1 = header, w2 = enum obj_kind;
	                        str = struct inspect_object */
};

#define INSPECT_NAME 16
#define INSPECT_TRACE_KEPT 256 /* events of each hart; older ones are gone */

struct inspect_machine {
	u64 now;         /* ticks */
	u64 memory;      /* bytes of memory */
	u32 harts;       /* harts that run processes */
	u32 chaos_harts; /* harts that only disturb them */
	u32 debug;       /* 1: checks itself at every entry and exit */
	u32 trace;       /* 1: the trace ring is built in */
	u64 transactions; /* kernel entries since boot, all harts */
	u64 restarts;    /* transactions abandoned and executed again */
	u64 serialized;  /* attempts that came after contention, and had others
	                    wait (LOCKS=, kernel/lock/discipline.h) */
};

struct inspect_process {
	u64 oid;
	char name[INSPECT_NAME];
	u8 state;     /* enum proc_state */
	u8 priority;
	u8 loaded;    /* 1 + hart it is loaded on, or 0 */
	u8 fault;     /* enum fault_code: why it is junk, or waits */
	u32 callers;  /* processes stalled on it */
	char stalled_on[INSPECT_NAME * 2]; /* "" or what it is stalled on */
	u64 pc;
	u64 ticks;    /* time it has used */
};

struct inspect_queue {
	char name[INSPECT_NAME * 2];
	u32 members;  /* counted up to 1,000 */
	char first[INSPECT_NAME]; /* name of the first process on it */
	u64 enqueued; /* since boot */
};

struct inspect_lock {
	char name[INSPECT_NAME]; /* its rank in the lock order */
	u32 rank;
	u64 taken;    /* since boot; counted in the debug build only */
	u64 spins;    /* times somebody had to wait for it */
};

struct inspect_pool {
	char name[INSPECT_NAME];
	u64 size;
	u64 used;
};

struct inspect_trace {
	u64 when;  /* ticks */
	u64 a, b;
	char event[INSPECT_NAME];
};

/* A header of the kind, and what is in it. */
#define OBJECT_STATES(X)                                                 \
	X(OBJ_FREE, 0, "free")                                           \
	X(OBJ_ARRIVING, 1, "coming in")                                  \
	X(OBJ_CLEAN, 2, "clean")     /* the disk has it too */           \
	X(OBJ_DIRTY, 3, "dirty")     /* changed since the last checkpoint */ \
	X(OBJ_FROZEN, 4, "frozen")   /* of a snapshot, not yet written */ \
	X(OBJ_WRITING, 5, "writing") /* on its way to the log */

enum object_state {
#define X(id, n, name) id = n,
	OBJECT_STATES(X)
#undef X
	OBJECT_STATES_COUNT
};

struct inspect_object {
	u64 oid;
	u32 version;
	u8 state;     /* enum object_state */
	u8 age;       /* rounds of the ager since it was last used */
	u8 pins;      /* bit per hart that has it pinned */
	u8 writer;    /* 1 + hart that write-locked it, or 0 */
	u32 readers;
	u32 mappings; /* mapping references */
};

struct inspect_disk {
	u64 reads;         /* submitted since boot */
	u64 writes, flushes;
	u64 failed;        /* of all of them */
	u64 fetched[OK_COUNT]; /* reads of them that brought an object in */
	u32 requests;      /* there are */
	u32 taken;         /* of them, now */
	u32 most;          /* under way at once, since boot */
	u32 zero;
};
