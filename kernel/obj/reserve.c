#include <diag/check.h>
#include <hal/hart.h>
#include <obj/reserve.h>

void reserve_dirty(struct obj *o)
{
	kassert(!hart_self()->committed);
	if (!obj_is_dirty(o))
		atomic32_store_relaxed(&o->dirty, 1);
}
