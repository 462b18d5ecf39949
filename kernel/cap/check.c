/* The invariants of rings and prepared slots, executed. */
#include <base/fmt.h>
#include <cap/cap.h>
#include <diag/check.h>

/* What is wrong with one member, or NULL. */
static const char *member_fault(struct ring *r, struct cap *c, bool hook)
{
	if (name_ring(atomic64_load_relaxed(&c->name)) != r)
		return "names another ring";
	if ((cap_type(c) == CT_HOOK) != hook)
		return "stands on the wrong side of the divider";
	if (!hook && cap_type(c) != CT_RESUME &&
	    c->version != ring_obj(r)->version)
		return "is prepared, but of a version that is past";
	return NULL;
}

/* The first link that something is wrong with, and what; or NULL. */
static struct link *find_fault_locked(struct ring *r, const char **fault)
{
	bool hooks = false;
	for (struct link *l = r->head.next; l != &r->head; l = l->next) {
		*fault = "is broken: its neighbours point elsewhere";
		if (l->next->prev != l || l->prev->next != l)
			return l;
		if (l == &r->divider)
			hooks = true;
		else if ((*fault = member_fault(r, cap_of_link(l), hooks)))
			return l;
	}
	*fault = "is lost: the divider";
	return hooks ? NULL : &r->divider;
}

bool ring_is_sound(struct ring *r, char *why, size_t size)
{
	const char *fault;
	spin_lock(&r->lock);
	struct link *l = find_fault_locked(r, &fault);
	if (l)
		fmt_snprintf(why, size, "ring %p: link %p (next %p, prev %p) %s",
			     (void *)r, (void *)l, (void *)l->next,
			     (void *)l->prev, fault);
	spin_unlock(&r->lock);
	return !l;
}

void ring_check(struct ring *r, const char *what)
{
	char why[RING_WHY];
	if (!ring_is_sound(r, why, sizeof(why)))
		panic(what, "%s", why);
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
