/*
 * A gate: any number are inside, or one who has closed it is alone.  While it
 * is closed nobody enters, so those inside drain.
 */
#pragma once

#include <hal/atomic.h>
#include <lock/discipline/wait.h>

#define GATE_CLOSED 0x10000u /* below it: how many are inside */

struct gate {
	struct atomic32 word;
};

/* False: it is closed, or somebody else was quicker. */
static inline bool gate_try_enter(struct gate *g)
{
	u32 w = atomic32_load_relaxed(&g->word);
	return !(w & GATE_CLOSED) && atomic32_cas_acquire(&g->word, w, w + 1);
}

/* Waits with nothing in its hands. */
static inline void gate_enter(struct gate *g)
{
	if (gate_try_enter(g))
		return;
	discipline_count_wait(g);
	do
		discipline_wait();
	while (!gate_try_enter(g));
}

static inline void gate_leave(struct gate *g)
{
	atomic32_add_release(&g->word, 0 - 1u);
}

/* False: somebody else has closed it, or was quicker. */
static inline bool gate_try_close(struct gate *g)
{
	u32 w = atomic32_load_relaxed(&g->word);
	return !(w & GATE_CLOSED) &&
	       atomic32_cas_acquire(&g->word, w, w | GATE_CLOSED);
}

/* Of who has closed it: whether those who were inside have left. */
static inline bool gate_is_empty(const struct gate *g)
{
	return atomic32_load_acquire(&g->word) == GATE_CLOSED;
}

static inline void gate_open(struct gate *g)
{
	atomic32_add_release(&g->word, 0 - GATE_CLOSED);
}
