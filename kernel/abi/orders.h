/*
 * What can be asked of the kernel's own objects: word 0 of a CALL.
 *
 * Every one answers a result code (abi/invoke.h) in word 0.  "w1" is data
 * word 1, "c0" the first capability, "str" the string.  After any error the
 * other outputs are zero, void and empty, and nothing has changed.
 */
#pragma once

#include <abi/types.h>

/* Every kernel object.  -> w1 = enum cap_type. */
#define ORDER_TYPE 0x100

/* number: -> w1 = the value. */
#define NUMBER_READ 0

/* page.  RC_RIGHTS where a read-only capability is asked to write. */
enum page_order {
	PAGE_ZERO = 0,     /* fill with zeros */
	PAGE_COPY = 1,     /* c0 = page copied from; onto itself: RC_ALIASED */
	PAGE_READONLY = 2, /* -> c0 = the same page, read-only */
	PAGE_READ = 3,     /* w1 = offset, w2 = length -> str */
	PAGE_WRITE = 4,    /* w1 = offset, str */
};

/*
 * node.  A node in a space tree says how many address bits one of its slots
 * spans: 12 means its slots hold pages, 16 nodes of span 12, and so on.
 */
enum node_order {
	NODE_GET = 0,      /* w1 = slot -> c0 */
	NODE_SET = 1,      /* w1 = slot, c0 */
	NODE_SWAP = 2,     /* w1 = slot, c0 -> c0 = what was there */
	NODE_CLEAR = 3,    /* all slots void */
	NODE_COPY = 4,     /* c0 = node copied from; onto itself: RC_ALIASED */
	NODE_READONLY = 5, /* -> c0 = the same node, read-only */
	NODE_WEAK = 6,     /* -> c0 = the same node, read-only and weak */
	NODE_GET_SPAN = 7, /* -> w1 = bits */
	NODE_SET_SPAN = 8, /* w1 = bits: 12, 16, 20, 24 or 28 */
	NODE_SET_NUMBER = 9, /* w1 = slot, w2 = value: a number capability */
	NODE_METER = 10,   /* -> c0 = a meter capability to this node */
};
#define SPAN_MIN 12
#define SPAN_MAX 28
/* User addresses run from 0 to SPACE_SIZE - 1. */
#define SPACE_SIZE (1ul << (SPAN_MAX + NODE_BITS))

/*
 * A meter is a node: slot 0 a number, the ticks left to use; slot 1 a start
 * capability to the meter's keeper, called when they are used up.  A process
 * without a meter (a void one) is not metered.  The holder of the node
 * refills by NODE_SET_NUMBER.
 */
#define METER_TICKS 0
#define METER_KEEPER 1
enum meter_order {
	METER_READ = 0, /* -> w1 = ticks left */
};

/* The slots of a process that are not registers. */
#define PROC_SLOTS(X)                                                         \
	X(PS_SPACE, 0, "space")       /* a node or page: its address space */ \
	X(PS_KEEPER, 1, "keeper")     /* a start capability: gets its faults */ \
	X(PS_SCHEDULE, 2, "schedule") /* a schedule capability */             \
	X(PS_METER, 3, "meter")       /* a meter capability, or void */       \
	X(PS_BRAND, 4, "brand")       /* anything; who made it */

enum proc_slot {
#define X(id, n, name) id = n,
	PROC_SLOTS(X)
#undef X
	PS_COUNT
};

/* The three states.  Running: it has work to do, on a hart or not. */
#define PROC_STATES(X)                 \
	X(PST_AVAILABLE, 0, "available") \
	X(PST_RUNNING, 1, "running")     \
	X(PST_WAITING, 2, "waiting")

enum proc_state {
#define X(id, n, name) id = n,
	PROC_STATES(X)
#undef X
	PST_COUNT
};

/*
 * process.  Where the target is the invoker itself, the orders marked (other)
 * answer RC_ALIASED.
 */
enum process_order {
	PROC_GET_REGS = 0,  /* (other) -> str = struct proc_regs */
	PROC_SET_REGS = 1,  /* (other) str = struct proc_regs */
	PROC_GET_CAP = 2,   /* w1 = capability register -> c0 */
	PROC_SET_CAP = 3,   /* w1 = capability register, c0 */
	PROC_GET_SLOT = 4,  /* w1 = enum proc_slot -> c0 */
	PROC_SET_SLOT = 5,  /* w1 = enum proc_slot, c0 */
	PROC_MAKE_START = 6, /* w1 = badge -> c0 = start capability */
	PROC_GET_STATE = 7, /* -> w1 = enum proc_state */
	PROC_STOP = 8,      /* (other) waiting; -> c0 = resume capability */
	PROC_AVAILABLE = 9, /* (other) makes it available; voids its resumes */
	PROC_SET_NAME = 10, /* str, up to 15 bytes */
	PROC_RESUME = 11,   /* (other, waiting) -> c0 = resume capability that
	                       makes it go on where it is, or take an answer */
};

/*
 * The registers of a process, as PROC_GET_REGS gives them.  x[0] is always 0.
 */
struct proc_regs {
	u64 pc;
	u64 x[32];
};

/*
 * range: objects `base` to `base + count - 1` of one kind.
 */
enum range_order {
	RANGE_MAKE = 0,     /* w1 = offset -> c0 = all rights to the object */
	RANGE_DESTROY = 1,  /* w1 = offset: every capability to it is void now */
	RANGE_IDENTIFY = 2, /* c0 -> w1 = its offset in this range, w2 = rights */
	RANGE_SPLIT = 3,    /* w1 = offset, w2 = count -> c0 = a smaller range */
	RANGE_SIZE = 4,     /* -> w1 = count, w2 = enum obj_kind */
};

/*
 * irq.  Waits for the line; an interrupt that came since the last wait counts
 * (latched), however many they were.  Once after a restart the wait ends at
 * once with w1 = 1: set the device up again.
 */
enum irq_order {
	IRQ_WAIT = 0, /* -> w1 = 1: the machine restarted; else 0 */
	IRQ_LINE = 1, /* -> w1 = the line's number */
};

/* devpage: mapped like a page; one order beside that. */
enum devpage_order {
	DEVPAGE_ADDRESS = 0, /* -> w1 = physical address */
};

/* wait: times are absolute, so a stalled wait can be executed again. */
enum wait_order {
	WAIT_NOW = 0,   /* -> w1 = ticks now */
	WAIT_UNTIL = 1, /* w1 = ticks; answers at or after that time */
};

/*
 * checkpoint.  A generation is durable when its checkpoint is committed; that
 * of the running system is the last durable one.  Orders that take time are two:
 * one begins, and says what to wait for; the other waits, and may be executed
 * again.  RC_STATE: there is no disk that anything could be written to.
 */
enum checkpoint_order {
	CKPT_BEGIN = 0,    /* -> w1 = the generation that will hold all that
	                      was done before this */
	CKPT_AWAIT = 1,    /* w1 = generation; answers when it is durable
	                      -> w1 = the newest durable one */
	CKPT_INTERVAL = 2, /* w1 = ticks between two by time, 0: none; from
	                      CKPT_INTERVAL_MIN to CKPT_INTERVAL_MAX */
	CKPT_JOURNAL = 3,  /* c0 = page -> w1 = sequence number; RC_LIMIT: the
	                      disk has no journal */
	CKPT_JOURNALED = 4, /* w1 = sequence number; answers when that page is
	                      durable as it was then */
	CKPT_CRASH = 5,    /* w1 = enum ckpt_crash, w2 */
	CKPT_STATUS = 6,   /* -> str = struct ckpt_status */
};

#define CKPT_INTERVAL_MIN TICKS_PER_MS
#define CKPT_INTERVAL_MAX (365 * 86400 * TICKS_PER_S)

/* When the power is cut. */
enum ckpt_crash {
	CRASH_NOW = 0,
	CRASH_AT_WRITE = 1,  /* at the w2-th write to the disk from now */
	CRASH_AT_COMMIT = 2, /* when the next root is about to be written */
};

/* What a checkpoint is doing. */
#define CKPT_PHASES(X)                                                     \
	X(CKPT_IDLE, 0, "idle")                                            \
	X(CKPT_MEETING, 1, "meeting")       /* the harts come together */  \
	X(CKPT_WRITING, 2, "writing")       /* the snapshot, to the log */ \
	X(CKPT_COMMITTING, 3, "committing") /* directory, list, root */    \
	X(CKPT_MIGRATING, 4, "migrating")   /* from the log to home */     \
	X(CKPT_RETIRING, 5, "retiring")     /* the log space is given back */

enum ckpt_phase {
#define X(id, n, name) id = n,
	CKPT_PHASES(X)
#undef X
	CKPT_PHASES_COUNT
};

struct ckpt_status {
	u64 generation;   /* the newest durable one */
	u64 interval;     /* ticks between two by time, 0: none */
	u64 taken;        /* when it was taken, in ticks */
	u64 dirty;        /* objects changed since */
	u64 frozen;       /* objects of a snapshot not yet written */
	u64 log_blocks, log_used, log_reserved;
	u64 journaled;    /* the newest durable journal sequence number */
	u64 pause;        /* ticks the harts stood still for it */
	u64 failures;     /* writes that failed since boot */
	u32 phase;        /* enum ckpt_phase */
	u32 epoch;        /* restarts of this image so far */
	u32 by_time, by_request, by_pressure; /* checkpoints since boot */
	u32 zero;
};

/* schedule */
enum schedule_order {
	SCHEDULE_READ = 0, /* -> w1 = priority, w2 = quantum in ticks */
	SCHEDULE_MAKE = 1, /* w1 = priority, not above this one's;
	                      w2 = quantum in ticks, up to QUANTUM_MAX,
	                      0 the default
	                      -> c0 = a schedule capability */
};
#define PRIORITIES 16 /* 0 lowest, 15 highest */
#define QUANTUM_MAX TICKS_PER_S

/* conlog: the kernel's own log, on the serial line. */
enum conlog_order {
	CONLOG_WRITE = 0, /* str, at most CONLOG_MAX bytes */
};
/* It is printed before the invocation ends: so it is not long. */
#define CONLOG_MAX 256

/* discrim */
enum discrim_order {
	DISCRIM_TYPE = 0,  /* c0 -> w1 = enum cap_type, w2 = rights */
	DISCRIM_EQUAL = 1, /* c0, c1 -> w1 = 1 where both are the same */
};
