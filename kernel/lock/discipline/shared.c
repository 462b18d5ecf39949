/*
 * Optimism under a global lock: every attempt is inside the gate with others,
 * but for one that follows a failure, which is alone.
 */
#include <lock/discipline.h>
#include <lock/discipline/gate.h>

static struct gate gate own_line;

/* This hart only: whether the next attempt wants to be alone, and whether this
   one is. */
static struct {
	bool wanted, here;
} alone[HARTS_MAX];

void discipline_join(void)
{
	hart_self()->guard_due = true;
}

static seldom void close(void)
{
	discipline_count_wait(&gate);
	while (!gate_try_close(&gate))
		discipline_wait();
	while (!gate_is_empty(&gate)) {
		if (discipline_must_go()) {
			gate_open(&gate);
			resched();
		}
		spin_hint();
	}
}

void discipline_begin(void)
{
	struct hart *h = hart_self();
	if (unlikely(alone[h->id].wanted)) {
		close();
		alone[h->id].wanted = false;
		alone[h->id].here = true;
		h->serialized++;
	} else {
		gate_enter(&gate);
	}
	h->guarded = true;
}

void discipline_end(void)
{
	struct hart *h = hart_self();
	h->guarded = false;
	if (unlikely(alone[h->id].here)) {
		alone[h->id].here = false;
		gate_open(&gate);
	} else {
		gate_leave(&gate);
	}
}

void discipline_restart(struct mrow *l)
{
	(void)l;
	alone[hart_self()->id].wanted = true;
	txn_restart();
}

enum lock_result discipline_read(struct mrow *l)
{
	if (mrow_try_read(l) != LOCK_OK)
		discipline_restart(l);
	return LOCK_OK;
}

enum lock_result discipline_write(struct mrow *l)
{
	enum lock_result r = mrow_try_write(l);
	if (r == LOCK_BUSY)
		discipline_restart(l);
	return r;
}
