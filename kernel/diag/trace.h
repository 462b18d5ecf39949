/*
 * The trace ring: the last TRACE_SIZE events of each hart.
 *
 * trace(event, a, b) costs nothing where it is off: the include path chooses
 * diag/trace_on/ or diag/trace_off/, each with a diag_trace.h that defines
 * it, trace_read() and TRACE_BUILD.
 */
#pragma once

#include <base/types.h>

/* X(enumerator, name): what a and b are. */
#define TRACE_EVENTS(X)                                                   \
	X(TR_ENTER, "enter")       /* operation or fault, process OID */  \
	X(TR_COMMIT, "commit")     /* transaction number, 0 */           \
	X(TR_RESTART, "restart")   /* transaction number, 0 */            \
	X(TR_STALL, "stall")       /* process OID, ring */                \
	X(TR_WAKE, "wake")         /* process OID, priority */            \
	X(TR_DISPATCH, "dispatch") /* process OID, priority */            \
	X(TR_IDLE, "idle")         /* 0, 0 */                             \
	X(TR_IRQ, "irq")           /* pending bits, 1 from user mode */   \
	X(TR_KICK, "kick")         /* hart, 0 */                          \
	X(TR_LOCK, "lock wait")    /* lock, rank */                       \
	X(TR_FAULT, "fault")       /* code, address */                    \
	X(TR_FLUSH, "flush")       /* harts waited for, 0 */              \
	X(TR_HALT, "halt")         /* target OID, its hart */

enum trace_event {
#define X(id, name) id,
	TRACE_EVENTS(X)
#undef X
	TRACE_EVENT_COUNT
};

extern const char *const trace_names[];

struct trace_entry {
	u64 sequence; /* from 1; 0: never written */
	u64 when;     /* ticks */
	u64 a, b;
	u32 event;
};

#define TRACE_SIZE 256 /* entries a hart */

#include <diag_trace.h>
