/* One lock for everything: no transaction ever meets another. */
#include <lock/discipline.h>
#include <lock/discipline/wait.h>

static struct spinlock everything own_line = SPINLOCK(LR_SERIAL);

void discipline_join(void)
{
	hart_self()->guard_due = true;
}

void discipline_begin(void)
{
	discipline_lock(&everything);
	hart_self()->guarded = true;
}

void discipline_end(void)
{
	hart_self()->guarded = false;
	spin_unlock(&everything);
}

/* Only dispatch can have it. */
void discipline_restart(struct mrow *l)
{
	(void)l;
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
