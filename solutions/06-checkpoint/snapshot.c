/* The snapshot: freezing, and copying before a write. */
#include <diag/check.h>
#include <hal/irq.h>
#include <space/space.h>
#include <store/ckpt.h>
#include <store/index.h>

/* The snapshot gets the object; it is frozen no more. */
static bool capture_locked(struct obj *o, bool copy)
{
	if (!job_put_locked(o, copy))
		return false;
	link_remove(&o->changed);
	ckpt.frozen_count--;
	return true;
}

bool ckpt_write_locked(struct obj *o)
{
	if (!capture_locked(o, false))
		return false;
	atomic32_store_relaxed(&o->change, CH_WRITING);
	return true;
}

bool ckpt_dirty_locked(struct obj *o)
{
	enum change change = atomic32_load_relaxed(&o->change);
	if (change == CH_DIRTY)
		return true;
	/* The disk is reading the page itself; of others it has a copy. */
	if (change == CH_WRITING && o->kind == OK_PAGE)
		return false;
	if (!log_reserve_locked(o->kind))
		return false;
	if (change == CH_FROZEN && !capture_locked(o, true)) {
		log_unreserve_locked(LOG_NEXT, o->kind);
		return false;
	}
	link_insert_before(&ckpt.dirty, &o->changed);
	ckpt.dirty_count++;
	atomic32_store_release(&o->change, CH_DIRTY);
	return true;
}

static void list_hooks(struct ring *r)
{
	spin_lock(&r->lock);
	for (struct link *l = r->divider.next; l != &r->head; l = l->next)
		index_list(hook_owner(cap_of_link(l))->oid);
	spin_unlock(&r->lock);
}

/* The members of the worry queue are available: they have no work. */
static void list_processes(void)
{
	struct ring *worry = queue_ring(Q_WORRY, 0);
	index_begin_list();
	for (unsigned i = 0; i < QUEUE_COUNT; i++)
		if (&queues[i].ring != worry)
			list_hooks(&queues[i].ring);
	for (u64 i = 0; i < obj_headers_used(OK_PROCESS); i++) {
		struct obj *o = obj_at(OK_PROCESS, i);
		if (o)
			list_hooks(&o->ring);
	}
}

/* What was dirty is frozen: nobody maps it writable, or writes it uncaptured. */
static void freeze_all(void)
{
	for (struct link *l = ckpt.dirty.next; l != &ckpt.dirty; l = l->next) {
		struct obj *o = container_of(l, struct obj, changed);
		atomic32_store_relaxed(&o->change, CH_FROZEN);
		if (o->kind == OK_PAGE)
			space_protect(o);
	}
	space_protected();
	link_move_all(&ckpt.frozen, &ckpt.dirty);
	ckpt.frozen_count = ckpt.dirty_count;
	ckpt.dirty_count = 0;
}

void ckpt_snapshot(void)
{
	u64 began = time_now();
	freeze_all();
	list_processes();
	spin_lock(&store_lock);
	log_turn_locked();
	ckpt_note_snapshot_locked();
	ckpt.phase = CKPT_WRITING;
	ckpt.taken = began;
	ckpt.pause = time_now() - began;
	spin_unlock(&store_lock);
	ckpt_kick();
}
