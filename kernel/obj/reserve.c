#include <diag/check.h>
#include <hal/hart.h>
#include <obj/reserve.h>

void reserve_and_mark(struct obj *o)
{
	kassert(!hart_self()->committed);
	atomic32_store_relaxed(&o->change, CH_DIRTY);
}
