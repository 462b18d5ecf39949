#include <diag/check.h>
#include <hal/hart.h>
#include <obj/reserve.h>
#include <space/shoot.h>
#include <space/table.h>

/* Spaces given back in one transaction: each stays locked until it ends. */
#define RECLAIMS_MAX 8

void space_init(u64 spaces, u64 maprefs)
{
	tables_init(spaces, maprefs);
}

/* The object at the top: the root node, or the page that is the whole. */
static struct obj *walk_root(const struct walk *w)
{
	return w->depth ? w->path[0].node : w->page;
}

/* The slot of a node on the path through which va goes. */
static struct cap *path_slot(const struct walk *w, unsigned i, u64 va)
{
	struct obj *node = w->path[i].node;
	return &obj_node(node)->slot[(va - w->path[i].base) >> node->span];
}

/* Records everything the leaf depends on.  False: out of references. */
static bool record_locked(const struct walk *w, struct space *s, u64 va)
{
	for (unsigned i = 0; i < w->depth; i++) {
		cap_set_hazard(path_slot(w, i, va));
		if (!mapref_add_locked(w->path[i].node, s, w->path[i].base))
			return false;
	}
	return !w->page || mapref_add_locked(w->page, s, va);
}

static u64 leaf_of(const struct walk *w)
{
	unsigned rights = PTE_RIGHT_READ;
	bool clean = w->page && !obj_is_dirty(w->page);
	if (w->page)
		rights |= PTE_RIGHT_EXEC;
	if (w->writable && !clean)
		rights |= PTE_RIGHT_WRITE;
	return pte_make_leaf(w->frame, rights);
}

static bool fill_locked(const struct walk *w, u64 va)
{
	struct space *s = space_of_locked(walk_root(w));
	return s && record_locked(w, s, va) &&
	       table_set_locked(s, VADDR(va), leaf_of(w));
}

bool space_fault(struct cap *top, vaddr_t va, enum access access,
		 struct fault *f)
{
	struct walk w;
	bool filled, more = true;
	unsigned tries = RECLAIMS_MAX;
	if (!space_walk(top, va, access, &w, f))
		return false;
	u64 page = va.raw & ~(PAGE_SIZE - 1);
	spin_lock(&space_lock);
	while (!(filled = fill_locked(&w, page)) && more && tries--)
		more = space_reclaim_locked();
	spin_unlock(&space_lock);
	if (!filled)
		txn_restart(); /* others hold what could be freed; not long */
	space_load(top);
	return true;
}

static bool names_a_space(const struct cap *top)
{
	enum cap_type type = cap_type(top);
	return type == CT_NODE || type == CT_PAGE;
}

/* The root, if the slot is prepared for one at this moment. */
static struct obj *root_of(const struct cap *top)
{
	u64 name = atomic64_load_relaxed(&top->name);
	return names_a_space(top) && !(name & 1) ? ring_obj(name_ring(name))
						 : NULL;
}

static void load(struct space *s)
{
	mmu_load(s ? s->roots : NULL);
	/* Only now is the space before unloaded. */
	atomic_ptr_store_release(&hart_self()->space, s);
}

/*
 * False: the slot led nowhere, or elsewhere a moment later.  No lock keeps the
 * space from being freed, nor is one needed: who frees one takes it from its
 * root and then looks at what is being loaded (table.c); we write what we load
 * and then look whether the slot still leads there.  One of the two sees the
 * other.
 */
static inline bool try_load(const struct cap *top)
{
	struct obj *root = root_of(top);
	if (unlikely(!root))
		return false;
	struct space *s = atomic_ptr_load_relaxed(&root->space);
	atomic_ptr_store_relaxed(&hart_self()->loading, s);
	fence_full();
	/* Its tables are read after this look, not before. */
	if (unlikely(root_of(top) != root ||
		     atomic_ptr_load_acquire(&root->space) != s))
		return false;
	load(s);
	return true;
}

/* Void, or of another type: an empty space, in which everything faults. */
static seldom void prepare_and_load(struct cap *top)
{
	do {
		if (!names_a_space(top) || !cap_prepare(top)) {
			load(NULL);
			return;
		}
	} while (!try_load(top));
}

void space_load(struct cap *top)
{
	if (!try_load(top))
		prepare_and_load(top);
}

/* Clears [start, start + size) of every place where the object takes part. */
static bool clear_everywhere_locked(struct obj *o, u64 start, u64 size)
{
	bool any = false;
	for (struct link *l = o->maps.next; l != &o->maps; l = l->next) {
		struct mapref *m = container_of(l, struct mapref, of_object);
		u64 from = m->base + start;
		any |= table_clear_locked(m->space, from,
					  MIN(from + size, SPACE_SIZE));
	}
	return any;
}

void space_slot_changes(struct node *n, unsigned slot)
{
	struct cap *c = &n->slot[slot];
	u64 size = 1ul << n->obj.span;
	kassert(mrow_is_write_held(&n->obj.lock));
	if (!(cap_meta(c) & META_HAZARD))
		return;
	spin_lock(&space_lock);
	if (clear_everywhere_locked(&n->obj, slot * size, size))
		tables_forget_locked();
	spin_unlock(&space_lock);
	atomic32_and_relaxed(&c->meta, ~META_HAZARD);
}

static void clear_hazards(struct node *n)
{
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		atomic32_and_relaxed(&n->slot[i].meta, ~META_HAZARD);
}

static u64 reach_of(const struct obj *o)
{
	return o->kind == OK_NODE ? 1ul << (o->span + NODE_BITS) : PAGE_SIZE;
}

/* Its span may change meanwhile, but only while it has no references. */
void space_cut(struct obj *const *objs, unsigned n)
{
	bool any = false;
	spin_lock(&space_lock);
	for (unsigned i = 0; i < n; i++)
		any |= clear_everywhere_locked(objs[i], 0, reach_of(objs[i]));
	if (any)
		tables_forget_locked();
	spin_unlock(&space_lock);
}

void space_object_changes(struct obj *o)
{
	kassert(mrow_is_write_held(&o->lock));
	if (o->kind == OK_PROCESS)
		return;
	spin_lock(&space_lock);
	if (clear_everywhere_locked(o, 0, reach_of(o)))
		tables_forget_locked();
	while (!link_is_alone(&o->maps))
		mapref_free_locked(container_of(o->maps.next, struct mapref,
						of_object));
	space_detach_locked(o);
	spin_unlock(&space_lock);
	if (o->kind == OK_NODE)
		clear_hazards(obj_node(o));
}

void space_protect(struct obj *page)
{
	spin_lock(&space_lock);
	for (struct link *l = page->maps.next; l != &page->maps; l = l->next) {
		struct mapref *m = container_of(l, struct mapref, of_object);
		table_protect_locked(m->space, VADDR(m->base));
	}
	spin_unlock(&space_lock);
}

void space_protected(void)
{
	shoot_flush();
}

u32 space_mappings(const struct obj *o)
{
	u32 n = 0;
	spin_lock(&space_lock);
	for (struct link *l = o->maps.next; l != &o->maps; l = l->next)
		n++;
	spin_unlock(&space_lock);
	return n;
}

void space_check(struct obj *o)
{
	spin_lock(&space_lock);
	for (struct link *l = o->maps.next; l != &o->maps; l = l->next) {
		struct mapref *m = container_of(l, struct mapref, of_object);
		if (l->next->prev != l || !m->space->in_use ||
		    m->base >= SPACE_SIZE)
			panic(__func__, "%lu: reference %p is wrong: base %lx",
			      o->oid, (void *)m, m->base);
	}
	spin_unlock(&space_lock);
}
