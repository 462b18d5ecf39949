#include <cap/cap.h>
#include <diag/check.h>
#include <proc/process.h>
#include <space/space.h>
#include <store/evict.h>

bool evict_must_stay(struct obj *o)
{
	if (o->kind != OK_PROCESS)
		return false;
	spin_lock(&o->ring.lock);
	bool stays = proc_must_stay_locked(obj_process(o));
	spin_unlock(&o->ring.lock);
	return stays;
}

bool evict_undo(struct obj *o)
{
	space_object_changes(o);
	return ring_unprepare(o, EVICT_BATCH);
}

void evict(struct obj *o)
{
	kassert(atomic32_load_relaxed(&o->change) == CH_CLEAN);
	if (o->kind == OK_PROCESS)
		proc_header_clear(obj_process(o));
	for (unsigned i = 0; o->kind == OK_NODE && i < NODE_SLOTS; i++)
		cap_clear(&obj_node(o)->slot[i]);
	o->span = SPAN_MIN;
	obj_remove(o);
}
