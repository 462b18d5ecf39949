#include <diag/trace.h>

const char *const trace_names[] = {
#define X(id, name) [id] = name,
	TRACE_EVENTS(X)
#undef X
};
