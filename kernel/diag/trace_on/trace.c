#include <base/string.h>
#include <diag/trace.h>
#include <hal/atomic.h>
#include <hal/hart.h>
#include <hal/irq.h>

static struct {
	struct atomic64 next; /* sequence of the next entry, less one */
	struct trace_entry entry[TRACE_SIZE];
} rings[HARTS_MAX];

void trace(enum trace_event event, u64 a, u64 b)
{
	u32 id = hart_self()->id;
	u64 sequence = atomic64_load_relaxed(&rings[id].next) + 1;
	rings[id].entry[sequence % TRACE_SIZE] = (struct trace_entry){
		.sequence = sequence, .when = time_now(),
		.a = a, .b = b, .event = event,
	};
	atomic64_store_release(&rings[id].next, sequence);
}

bool trace_read(u32 hart, u64 from, struct trace_entry *out)
{
	u64 last = atomic64_load_acquire(&rings[hart].next);
	u64 first = last > TRACE_SIZE - 1 ? last - (TRACE_SIZE - 1) : 1;
	for (u64 s = MAX(from, first); s <= last; s++) {
		*out = rings[hart].entry[s % TRACE_SIZE];
		fence_full();
		if (out->sequence == s)
			return true;
	}
	return false;
}
