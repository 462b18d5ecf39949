/* A byte of a clean page, and a word of a clean node, change behind everybody's
   back: the debug kernel is to find it. */
#include <boot/scenario.h>
#include <diag/args.h>
#include <diag/check.h>
#include <hal/mmu.h>
#include <obj/object.h>

static struct obj *find_clean(enum obj_kind kind)
{
	for (u64 i = 0; i < obj_headers_used(kind); i++) {
		struct obj *o = obj_at(kind, i);
		if (o && obj_is_here(o) &&
		    atomic32_load_relaxed(&o->change) == CH_CLEAN)
			return o;
	}
	panic("scenario", "no clean object of kind %u", kind);
}

void scenario_boot(void)
{
	u64 kind = arg_number("behind", OK_PAGE);
	struct obj *o = find_clean((enum obj_kind)kind);
	if (kind == OK_PAGE)
		*(char *)direct(obj_page(o)->frame) ^= 1;
	else
		o->span ^= 4;
}
