/* The trace ring, built in (diag/trace.h). */
#pragma once

#define TRACE_BUILD 1

void trace(enum trace_event event, u64 a, u64 b);

/*
 * Copies the first entry of the hart whose sequence is at least `from`.
 * False if there is none.  The hart may be writing: an entry overwritten
 * meanwhile is passed over.
 */
bool trace_read(u32 hart, u64 from, struct trace_entry *out);
