/* Transient pins: a number for each hart, and one look from either side. */
#include <diag/check.h>
#include <hal/hart.h>
#include <obj/pin.h>

bool pin(struct obj *o, u64 oid)
{
	struct hart *h = hart_self();
	atomic64_store_relaxed(&o->pin[h->id], atomic64_load_relaxed(&h->txn));
	/*
	 * The ager marks an object as leaving and then looks at the pins; we pin
	 * it and then look at the mark.  So one of the two sees the other.
	 */
	fence_full();
	return atomic32_load_acquire(&o->residency) == OBJ_HERE &&
	       o->oid == oid;
}

u32 pin_holders(const struct obj *o)
{
	u32 holders = 0;
	for (u32 i = 0; i < hart_count(); i++) {
		u64 number = atomic64_load_relaxed(&o->pin[i]);
		/* Who finds it counted on sees what that hart did before. */
		if ((number & 1) && atomic64_load_acquire(&harts[i].txn) == number)
			holders |= 1u << i;
	}
	return holders;
}

bool pin_exclude(struct obj *o)
{
	kassert(mrow_is_write_held(&o->lock));
	kassert(atomic32_load_relaxed(&o->residency) == OBJ_HERE);
	atomic32_store_relaxed(&o->residency, OBJ_LEAVING);
	fence_full();
	if (!pin_holders(o))
		return true;
	obj_stay(o);
	return false;
}

/* Released: what was done under the pins is done before they are gone. */
static void set_number(struct hart *h, u64 number)
{
	atomic64_store_release(&h->txn, number);
}

void pins_begin(struct hart *h)
{
	set_number(h, (atomic64_load_relaxed(&h->txn) + 1) | 1);
}

void pins_end(struct hart *h)
{
	set_number(h, (atomic64_load_relaxed(&h->txn) + 1) & ~1ul);
}
