#include <cap/cap.h>
#include <diag/check.h>
#include <lock/discipline.h>
#include <obj/reserve.h>
#include <proc/meter.h>

u64 meter_left(struct node *n)
{
	struct cap *c = &n->slot[METER_TICKS];
	return cap_type(c) == CT_NUMBER ? atomic64_load_relaxed(&c->name) : 0;
}

/* The meter's node, write-locked, or NULL if it was destroyed. */
static struct node *lock_meter(struct process *p)
{
	struct mcap c;
	cap_read(&p->slot[PS_METER], &c);
	struct obj *o = mcap_find(&c);
	if (o && mrow_try_write(&o->lock) != LOCK_OK)
		discipline_restart(&o->lock);
	return o && mcap_is_valid(&c, o) ? obj_node(o) : NULL;
}

static u64 pay(struct node *n, struct process *p)
{
	u64 left = meter_left(n);
	u64 paid = MIN(left, p->owed);
	p->owed -= paid;
	if (paid)
		cap_write(&n->slot[METER_TICKS], &MCAP_NUMBER(left - paid));
	return left - paid;
}

enum fault_code meter_settle(struct process *p)
{
	struct hart *h = hart_self();
	enum cap_type type = cap_type(&p->slot[PS_METER]);
	struct node *n = type == CT_METER ? lock_meter(p) : NULL;
	if (!n)
		return FAULT_MALFORMED;
	reserve_dirty(&n->obj);
	/* Paid before any commit point, but paid once: it is not owed again. */
	u64 left = pay(n, p);
	mrow_release_all();
	if (left < h->quantum_end - h->loaded_at)
		h->quantum_end = h->loaded_at + left;
	return left ? FAULT_NONE : FAULT_METER;
}
