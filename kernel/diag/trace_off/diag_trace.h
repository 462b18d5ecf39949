/* The trace ring, left out (diag/trace.h). */
#pragma once

#define TRACE_BUILD 0
#define trace(event, a, b) ((void)sizeof((event) + (a) + (b)))

static inline bool trace_read(u32 hart, u64 from, struct trace_entry *out)
{
	(void)hart, (void)from, (void)out;
	return false;
}
