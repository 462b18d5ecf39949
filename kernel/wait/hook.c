#include <diag/check.h>
#include <wait/hook.h>

/* The name of a hook on no ring: an OID, as far as a slot is concerned. */
#define ON_NONE name_of_oid(0)

void hook_init(struct cap *hook)
{
	link_init(&hook->link);
	atomic32_store_relaxed(&hook->meta, META(CT_HOOK, 0, 0));
	atomic64_store_relaxed(&hook->name, ON_NONE);
}

static void link_before(struct link *at, struct ring *r, struct cap *hook)
{
	int queue = queue_index(r);
	kassert(spin_is_held((enum lock_rank)r->lock.rank));
	kassert(link_is_alone(&hook->link));
	link_insert_before(at, &hook->link);
	atomic64_store_release(&hook->name, (u64)r);
	if (queue >= 0)
		atomic64_add_relaxed(&queues[queue].enqueued, 1);
}

void hook_link_locked(struct ring *r, struct cap *hook)
{
	link_before(&r->head, r, hook);
}

void hook_link_first_locked(struct ring *r, struct cap *hook)
{
	link_before(r->divider.next, r, hook);
}

void hook_link_timed_locked(struct ring *r, struct cap *hook, u64 until)
{
	struct link *at = &r->head;
	hook_hooked(hook)->until = until;
	while (at->prev != &r->divider &&
	       hook_hooked(cap_of_link(at->prev))->until > until)
		at = at->prev;
	link_before(at, r, hook);
}

struct cap *hook_first_locked(struct ring *r)
{
	return ring_has_hooks_locked(r) ? cap_of_link(r->divider.next) : NULL;
}

void hook_unlink_locked(struct cap *hook)
{
	kassert(spin_is_held((enum lock_rank)hook_ring(hook)->lock.rank));
	link_remove(&hook->link);
	atomic64_store_release(&hook->name, ON_NONE);
}

void hook_move_locked(struct ring *to, struct cap *hook)
{
	kassert(spin_is_held((enum lock_rank)hook_ring(hook)->lock.rank));
	link_remove(&hook->link);
	hook_link_locked(to, hook);
}

void hook_unlink(struct cap *hook)
{
	struct ring *r;
	while ((r = hook_ring(hook))) {
		spin_lock(&r->lock);
		bool still = hook_ring(hook) == r;
		if (still)
			hook_unlink_locked(hook);
		spin_unlock(&r->lock);
		if (still)
			return;
	}
}
