#include <faults.h>

const char *fault_name(u64 fault)
{
	static const char *const names[] = {
#define X(id, n, name) [id] = name,
		FAULTS(X)
#undef X
	};
	return fault < ARRAY_SIZE(names) ? names[fault] : "";
}
