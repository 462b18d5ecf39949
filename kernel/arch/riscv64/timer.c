#include "timer.h"

#include "csr.h"
#include "sbi.h"

#include <hal/irq.h>

#include <base/types.h>

static bool has_sstc;
/* Immutable after boot, in ticks since power-on. */
static u64 limit = ~0ul;
static u64 base; /* what time_now() is ahead */

void timer_init(bool sstc)
{
	has_sstc = sstc;
}

u64 time_now(void)
{
	return csr_read(time) + base;
}

void time_set(u64 now)
{
	u64 old = time_now();
	base += MAX(now, old) - old;
}

void timer_limit(u64 when)
{
	limit = when;
}

/* In ticks since power-on, up to the limit. */
static inline void program(u64 when)
{
	if (unlikely(csr_read(time) >= limit))
		guest_time_over();
	if (likely(has_sstc))
		csr_write(CSR_STIMECMP, when);
	else
		sbi_set_timer(when);
}

void timer_set(u64 when)
{
	program(when > base ? MIN(when - base, limit) : 0);
}

void timer_disarm(void)
{
	program(limit);
}
