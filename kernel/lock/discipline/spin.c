/* No lock but those of the objects: who restarts hopes for better luck. */
#include <hal/upcall.h>
#include <lock/discipline.h>

void discipline_join(void)
{
}

/* Nothing is ever due. */
void discipline_begin(void)
{
}

void discipline_end(void)
{
}

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
