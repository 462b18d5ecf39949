#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <lock/mrow.h>
#include <lock/serial.h>
#include <lock/spin.h>
#include <proc/halt.h>
#include <trap/txn.h>

static noreturn void attempt(void)
{
	struct hart *h = hart_self();
	h->txn = (h->txn + 2) | 1;
	h->committed = false;
	serial_begin();
	h->body();
	panic(__func__, "the body of a transaction returned");
}

void txn_begin(void (*body)(void))
{
	struct hart *h = hart_self();
	h->body = body;
	h->transactions++;
	attempt();
}

void txn_end(void)
{
	mrow_release_all();
	halt_drop_claim();
	serial_end();
	spin_check_none_held();
}

void txn_leave(void)
{
	struct hart *h = hart_self();
	h->txn &= ~1ul;
	h->committed = false;
}

void txn_restart(void)
{
	struct hart *h = hart_self();
	kassert(!h->committed);
	trace(TR_RESTART, h->txn, 0);
	h->restarts++;
	txn_end();
	if (atomic32_load_relaxed(&h->need_resched))
		resched();
	hart_reset_stack(attempt);
}
