/* The invariants of rings and prepared slots, executed. */
#include <cap/cap.h>
#include <diag/check.h>

static void check_link(struct ring *r, struct link *l, bool hook,
		       const char *what)
{
	struct cap *c = cap_of_link(l);
	if (name_ring(atomic64_load_relaxed(&c->name)) != r)
		panic(what, "a member %p of ring %p names another ring %lx",
		      (void *)c, (void *)r, atomic64_load_relaxed(&c->name));
	if ((cap_type(c) == CT_HOOK) != hook)
		panic(what, "ring %p: %s %p on the wrong side of the divider",
		      (void *)r, hook ? "capability" : "hook", (void *)c);
	if (!hook && cap_type(c) != CT_RESUME &&
	    c->version != ring_obj(r)->version)
		panic(what, "ring %p: prepared capability %p of version %u, "
			    "object of %u", (void *)r, (void *)c, c->version,
		      ring_obj(r)->version);
}

void ring_check(struct ring *r, const char *what)
{
	bool hooks = false;
	spin_lock(&r->lock);
	for (struct link *l = r->head.next; l != &r->head; l = l->next) {
		if (l->next->prev != l || l->prev->next != l)
			panic(what, "ring %p is broken at link %p: next %p, "
				    "its prev %p", (void *)r, (void *)l,
			      (void *)l->next, (void *)l->next->prev);
		if (l == &r->divider)
			hooks = true;
		else
			check_link(r, l, hooks, what);
	}
	spin_unlock(&r->lock);
	if (!hooks)
		panic(what, "ring %p has lost its divider", (void *)r);
}

void cap_check(struct cap *slot)
{
	if (!type_names_object(cap_type(slot)))
		return;
	u64 name = atomic64_load_relaxed(&slot->name);
	struct ring *r = name_ring(name);
	if (!r)
		return;
	spin_lock(&r->lock);
	bool linked = slot->link.prev->next == &slot->link &&
		      !link_is_alone(&slot->link);
	bool still = atomic64_load_relaxed(&slot->name) == name;
	spin_unlock(&r->lock);
	if (still && !linked)
		panic(__func__, "slot %p is prepared but not on ring %p",
		      (void *)slot, (void *)r);
}
