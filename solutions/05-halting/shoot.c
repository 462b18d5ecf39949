#include <base/bits.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <space/shoot.h>

/* Asks one hart; true if it has to be waited for. */
static bool request_flush(struct hart *h)
{
	atomic32_or_relaxed(&h->requests, HREQ_FLUSH);
	fence_full();
	if (atomic32_load_relaxed(&h->mode) != HART_USER)
		return false;
	ipi_send(h->id);
	return true;
}

/* It has entered the kernel, or has been there and back and has served. */
static bool has_flushed(struct hart *h)
{
	return atomic32_load_acquire(&h->mode) != HART_USER ||
	       !(atomic32_load_acquire(&h->requests) & HREQ_FLUSH);
}

void shoot_flush(void)
{
	u32 waiting = 0;
	fence_full(); /* the tables were changed before the requests are seen */
	mmu_flush_local();
	for (u32 i = 0; i < hart_count(); i++)
		if (&harts[i] != hart_self() && request_flush(&harts[i]))
			waiting |= 1u << i;
	trace(TR_FLUSH, waiting, 0);
	for (; waiting; waiting &= waiting - 1)
		while (!has_flushed(&harts[bit_lowest(waiting)]))
			spin_hint();
}

void shoot_enter_user(void)
{
	struct hart *h = hart_self();
	for (;;) {
		atomic32_store_relaxed(&h->mode, HART_USER);
		fence_full();
		if (likely(!atomic32_load_relaxed(&h->requests)))
			return;
		atomic32_store_relaxed(&h->mode, HART_KERNEL);
		/* Cleared first: one that comes meanwhile is served again. */
		atomic32_and_relaxed(&h->requests, ~(u32)HREQ_FLUSH);
		mmu_flush_local();
	}
}
