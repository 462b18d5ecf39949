#include <boot/chaos.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/platform.h>

static u64 range;

void chaos_init(u64 r, bool spare, u64 seed)
{
	u32 boot = hart_self()->id;
	range = r;
	for (u32 i = 0; i < hart_count(); i++) {
		rand_seed(&harts[i].rand, seed * HARTS_MAX + i);
		harts[i].chaos = (range || spare) && ((i ^ boot) & 1);
	}
}

void chaos_run(void)
{
	struct hart *h = hart_self();
	while (!range)
		irqs_wait();
	for (;;) {
		u64 when = time_now() + 1 + rand_next(&h->rand) % range;
		timer_set(when);
		while (time_now() < when)
			spin_hint();
	}
}
