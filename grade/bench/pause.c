/*
 * Bench: how long each snapshot takes, and what it found dirty.  Only the
 * snapshot itself is counted, not how the harts come together.
 */
#include <boot/scenario.h>
#include <csr.h>
#include <space/space.h>
#include <store/ckpt.h>

#define PAUSES 64

void __real_ckpt_snapshot(void);
void __wrap_ckpt_snapshot(void);

/* Not static: the driver reads it from outside. */
struct {
	u64 taken;
	struct {
		u64 cycles;
		u64 objects;   /* dirty */
		u64 mappings;  /* of dirty pages */
		u64 processes; /* headers that have been used */
	} of[PAUSES];
} pauses;

void scenario_boot(void)
{
}

void __wrap_ckpt_snapshot(void)
{
	u64 n = pauses.taken++ % PAUSES;
	pauses.of[n].objects = ckpt.dirty_count;
	pauses.of[n].mappings = 0;
	for (struct link *l = ckpt.dirty.next; l != &ckpt.dirty; l = l->next)
		pauses.of[n].mappings += space_mappings(
			container_of(l, struct obj, changed));
	pauses.of[n].processes = obj_headers_used(OK_PROCESS);
	u64 began = csr_read(cycle);
	__real_ckpt_snapshot();
	pauses.of[n].cycles = csr_read(cycle) - began;
}
