/*
 * Lab 1, idle: what a hart has seen to when it goes to rest.
 */
#include "board.h"

#include <hal/irq.h>

void __wrap_spin_wait(struct spinlock *l); /* board.h */
void __real_irq_arrived(u64 cause, bool from_user);
void __wrap_irq_arrived(u64 cause, bool from_user);
void __real_irqs_wait(void);
void __wrap_irqs_wait(void);

void scenario_boot(void)
{
	board_init();
}

void __wrap_irq_arrived(u64 cause, bool from_user)
{
	board_note(cause, from_user);
	__real_irq_arrived(cause, from_user);
}

static void must(bool condition, const char *what)
{
	if (!condition)
		panic("lab 1", "a hart goes to rest, and %s", what);
}

void __wrap_irqs_wait(void)
{
	struct hart *h = hart_self();
	if (!h->chaos) {
		must(!(atomic64_load_relaxed(&h->txn) & 1), "its transaction has not ended");
		must(!atomic32_load_relaxed(&h->priority),
		     "does not say so: its priority is not 0");
		must(atomic32_load_relaxed(&h->mode) == HART_IDLE,
		     "does not say so: its mode is not HART_IDLE");
		must(h->timer == h->alarm,
		     "its timer is not set to the next timed event");
		board->rests[h->id]++;
	}
	__real_irqs_wait();
}
