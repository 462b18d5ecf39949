/*
 * As shared.c, but each cluster of harts has a gate of its own, so that harts
 * of different clusters write to different words; who wants to be alone closes
 * them all, in address order.
 */
#include <lock/discipline.h>
#include <lock/discipline/gate.h>

#define CLUSTER 2 /* harts */
#define CLUSTERS (HARTS_MAX / CLUSTER)

static struct {
	struct gate gate;
} aligned_to_line clusters[CLUSTERS];

/* This hart only: whether the next attempt wants to be alone, and whether this
   one is. */
static struct {
	bool wanted, here;
} alone[HARTS_MAX];

void discipline_join(void)
{
	hart_self()->guard_due = true;
}

static struct gate *gate_of(const struct hart *h)
{
	return &clusters[h->id / CLUSTER].gate;
}

/* The first n. */
static void open(u32 n)
{
	while (n)
		gate_open(&clusters[--n].gate);
}

/* While this hart waits for something about the n-th: it is asked to go, so it
   opens the first `closed`, and goes. */
static void wait_with(u32 closed)
{
	if (discipline_must_go()) {
		open(closed);
		resched();
	}
	spin_hint();
}

static seldom void close(void)
{
	discipline_count_wait(clusters);
	for (u32 i = 0; i < CLUSTERS; i++) {
		while (!gate_try_close(&clusters[i].gate))
			wait_with(i);
		while (!gate_is_empty(&clusters[i].gate))
			wait_with(i + 1);
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
		gate_enter(gate_of(h));
	}
	h->guarded = true;
}

void discipline_end(void)
{
	struct hart *h = hart_self();
	h->guarded = false;
	if (unlikely(alone[h->id].here)) {
		alone[h->id].here = false;
		open(CLUSTERS);
	} else {
		gate_leave(gate_of(h));
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
