/* A lock for those that collided, and for nobody else. */
#include <lock/discipline.h>
#include <lock/discipline/wait.h>

static struct spinlock serialization own_line = SPINLOCK(LR_SERIAL);

void discipline_join(void)
{
}

void discipline_begin(void)
{
	struct hart *h = hart_self();
	discipline_lock(&serialization);
	h->guard_due = false;
	h->guarded = true;
	h->serialized++;
}

void discipline_end(void)
{
	hart_self()->guarded = false;
	spin_unlock(&serialization);
}

void discipline_restart(struct mrow *l)
{
	(void)l;
	hart_self()->guard_due = true;
	txn_restart();
}

enum lock_result discipline_read(struct mrow *l)
{
	return mrow_read(l);
}

enum lock_result discipline_write(struct mrow *l)
{
	return mrow_write(l);
}
