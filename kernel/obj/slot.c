#include <obj/slot.h>

void slots_unprepare_locked(struct ring *r, u64 oid, unsigned most)
{
	for (; most && ring_has_caps_locked(r); most--) {
		struct cap *c = cap_of_link(r->head.next);
		link_remove(&c->link);
		/* Whoever sees it unprepared may touch its link. */
		atomic64_store_release(&c->name, name_of_oid(oid));
	}
}
