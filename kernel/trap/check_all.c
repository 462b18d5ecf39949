#include <abi/inspect.h>
#include <cap/cap.h>
#include <proc/process.h>
#include <space/space.h>
#include <store/check.h>
#include <trap/check_all.h>
#include <wait/queue.h>

static void check_slots(struct obj *o)
{
	if (o->kind == OK_NODE)
		for (unsigned i = 0; i < NODE_SLOTS; i++)
			cap_check(&obj_node(o)->slot[i]);
	if (o->kind == OK_PROCESS)
		proc_check(obj_process(o));
}

static void check_object(struct obj *o)
{
	static const char *const names[] = { "page", "node", "process" };
	if (!obj_is_here(o))
		return; /* being filled in */
	ring_check(&o->ring, names[o->kind]);
	space_check(o);
	/* Slots keep still only while their object is locked. */
	if (mrow_try_read(&o->lock) == LOCK_OK)
		check_slots(o);
	mrow_release_all();
}

static void check_queue(unsigned i)
{
	char why[RING_WHY], name[INSPECT_NAME * 2];
	if (ring_is_sound(&queues[i].ring, why, sizeof(why)))
		return;
	queue_name(i, name, sizeof(name));
	panic("queue", "%s: %s", name, why);
}

void check_all(void)
{
	for (unsigned i = 0; i < QUEUE_COUNT; i++)
		check_queue(i);
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		struct obj *o;
		for (u64 i = 0; i < obj_headers_used(kind); i++)
			if ((o = obj_at(kind, i)))
				check_object(o);
		obj_check_free(kind);
	}
	store_check_next();
}
