#include "timer.h"

#include "csr.h"
#include "sbi.h"

#include <hal/irq.h>

#include <base/types.h>

static bool has_sstc;
static u64 limit = ~0ul; /* immutable after boot */

void timer_init(bool sstc)
{
	has_sstc = sstc;
}

u64 time_now(void)
{
	return csr_read(time);
}

void timer_limit(u64 when)
{
	limit = when;
}

void timer_set(u64 when)
{
	if (unlikely(csr_read(time) >= limit))
		guest_time_over();
	when = MIN(when, limit);
	if (likely(has_sstc))
		csr_write(CSR_STIMECMP, when);
	else
		sbi_set_timer(when);
}
