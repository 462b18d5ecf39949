#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <lock/discipline.h>
#include <lock/mrow.h>
#include <lock/spin.h>
#include <obj/pin.h>
#include <proc/halt.h>
#include <trap/txn.h>

static noreturn seldom void attempt_guarded(void)
{
	struct hart *h = hart_self();
	kassert(!h->guarded && !h->held_count);
	discipline_begin();
	h->body();
}

static noreturn void attempt(void)
{
	struct hart *h = hart_self();
	pins_begin(h);
	h->committed = false;
	if (unlikely(h->guard_due))
		attempt_guarded();
	h->body();
}

static void set_body(void (*body)(void) noreturn)
{
	struct hart *h = hart_self();
	h->body = body;
	h->transactions++;
}

void txn_begin(void (*body)(void) noreturn)
{
	set_body(body);
	attempt();
}

void txn_end(void)
{
	mrow_release_all();
	if (unlikely(hart_self()->claim))
		halt_drop_claim();
	if (unlikely(hart_self()->guarded))
		discipline_end();
	kassert(!hart_self()->guarded);
	kassert_that(spin_check_none_held());
}

void txn_leave(void)
{
	struct hart *h = hart_self();
	h->committed = false;
	pins_end(h);
}

void txn_hand_over(void)
{
	txn_end();
	set_body(txn_run_loaded);
	hart_reset_stack(attempt);
}

void txn_replace(void (*body)(void) noreturn)
{
	kassert(!hart_self()->committed);
	txn_end();
	set_body(body);
	hart_reset_stack(attempt);
}

void txn_restart(void)
{
	struct hart *h = hart_self();
	kassert(!h->committed);
	trace(TR_RESTART, atomic64_load_relaxed(&h->txn), 0);
	h->restarts++;
	txn_end();
	if (atomic32_load_relaxed(&h->need_resched))
		resched();
	hart_reset_stack(attempt);
}
