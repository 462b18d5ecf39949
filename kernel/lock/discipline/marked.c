/*
 * As serial.c; and who finds an operation lock taken, or could not marshal,
 * marks the object.  Who comes for the operation lock of a marked one does not
 * wait for it, holding others, but restarts and waits for the serialization
 * lock, holding nothing.
 *
 * A mark is cleared at the end of each serialized attempt that came of it.  So
 * if nobody collides any more, the next comer at most goes the long way.
 */
#include <lock/discipline.h>
#include <lock/discipline/wait.h>

#define MARKS 64 /* hashed by address; who shares one goes the long way, too */

static struct spinlock serialization own_line = SPINLOCK(LR_SERIAL);
static struct atomic32 marks[MARKS] aligned_to_line;
/* This hart only: what it met, until the attempt that is due has ended. */
static struct atomic32 *met[HARTS_MAX];

static struct atomic32 *mark_of(const struct mrow *l)
{
	return &marks[((u64)l >> 6) % MARKS];
}

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

/* What this hart met is past, and those who come may go straight on. */
static void forget(const struct hart *h)
{
	if (met[h->id])
		atomic32_store_relaxed(met[h->id], 0);
	met[h->id] = NULL;
}

void discipline_end(void)
{
	struct hart *h = hart_self();
	if (!h->guard_due) /* else it has met something again */
		forget(h);
	h->guarded = false;
	spin_unlock(&serialization);
}

static noreturn void divert(struct atomic32 *mark)
{
	struct hart *h = hart_self();
	if (mark != met[h->id])
		forget(h);
	met[h->id] = mark;
	h->guard_due = true;
	txn_restart();
}

void discipline_restart(struct mrow *l)
{
	atomic32_store_relaxed(mark_of(l), 1);
	divert(mark_of(l));
}

/* Not serialized, it neither waits nor passes by those who are. */
static void divert_if_marked(const struct mrow *l)
{
	if (atomic32_load_relaxed(mark_of(l)))
		divert(mark_of(l));
}

enum lock_result discipline_read(struct mrow *l)
{
	if (hart_self()->guarded)
		return mrow_read(l);
	divert_if_marked(l);
	if (mrow_try_read(l) != LOCK_OK)
		discipline_restart(l);
	return LOCK_OK;
}

enum lock_result discipline_write(struct mrow *l)
{
	enum lock_result r;
	if (hart_self()->guarded)
		return mrow_write(l);
	divert_if_marked(l);
	r = mrow_try_write(l);
	if (r == LOCK_BUSY)
		discipline_restart(l);
	return r;
}
