/*
 * The commit point.  Before it nothing visible has changed and the path may be
 * abandoned at any time; after it nothing may fail, stall or exit until the
 * transaction is done.  Every path that blocks asserts the flag clear.
 */
#pragma once

#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>

static inline void commit_point(void)
{
	struct hart *h = hart_self();
	kassert(!h->committed);
	h->committed = true;
	trace(TR_COMMIT, atomic64_load_relaxed(&h->txn), 0);
}

static inline void assert_not_committed(void)
{
	kassert(!hart_self()->committed);
}
