#include <base/string.h>
#include <diag/check.h>
#include <hal/hart.h>
#include <mem/frame.h>
#include <space/shoot.h>
#include <space/table.h>

#define MAPREF_SEARCH 32

struct spinlock space_lock own_line = SPINLOCK(LR_SPACE);

/* All under the space lock. */
static struct space *spaces;
static struct mapref *maprefs;
static u64 space_room, mapref_room, mapref_fresh, spaces_used, maprefs_used;
static struct link free_maprefs; /* of mapref.of_object */
static u64 hand;                 /* of the clock that reclaims */

void tables_init(u64 nspaces, u64 nmaprefs)
{
	spaces = frames_carve(nspaces * sizeof(struct space), "spaces");
	maprefs = frames_carve(nmaprefs * sizeof(struct mapref),
			       "mapping references");
	space_room = nspaces;
	mapref_room = nmaprefs;
	link_init(&free_maprefs);
}

struct space_usage space_usage(void)
{
	return (struct space_usage){ spaces_used, space_room, maprefs_used,
				     mapref_room };
}

struct space *space_of_locked(struct obj *root)
{
	struct space *s = atomic_ptr_load_acquire(&root->space);
	for (u64 i = 0; !s && i < space_room; i++) {
		if (spaces[i].in_use)
			continue;
		s = &spaces[i];
		s->in_use = true;
		s->root = root;
		link_init(&s->maps);
		spaces_used++;
		atomic_ptr_store_release(&root->space, s);
	}
	return s;
}

static struct mapref *mapref_take_locked(void)
{
	if (!link_is_alone(&free_maprefs)) {
		struct link *l = free_maprefs.next;
		link_remove(l);
		return container_of(l, struct mapref, of_object);
	}
	return mapref_fresh < mapref_room ? &maprefs[mapref_fresh++] : NULL;
}

/* Looks at the newest only: a second reference to the same does no harm. */
static bool mapref_exists(struct obj *o, struct space *s, u64 base)
{
	struct link *l = o->maps.next;
	for (unsigned i = 0; l != &o->maps && i < MAPREF_SEARCH; i++) {
		struct mapref *m = container_of(l, struct mapref, of_object);
		if (m->space == s && m->base == base)
			return true;
		l = l->next;
	}
	return false;
}

bool mapref_add_locked(struct obj *o, struct space *s, u64 base)
{
	if (mapref_exists(o, s, base))
		return true;
	struct mapref *m = mapref_take_locked();
	if (!m)
		return false;
	m->space = s;
	m->base = base;
	link_insert_after(&o->maps, &m->of_object);
	link_insert_before(&s->maps, &m->of_space);
	maprefs_used++;
	return true;
}

void mapref_free_locked(struct mapref *m)
{
	link_remove(&m->of_object);
	link_remove(&m->of_space);
	link_insert_before(&free_maprefs, &m->of_object);
	maprefs_used--;
}

/* The table that an entry points to, or NULL. */
static pte_t *table_of(const pte_t *entry)
{
	u64 e = atomic64_load_relaxed(entry);
	return pte_is_present(e) ? direct(pte_target(e)) : NULL;
}

/* The same, made if there is none.  NULL: no frame. */
static pte_t *table_make(pte_t *entry)
{
	paddr_t frame;
	pte_t *table = table_of(entry);
	if (table || !frame_alloc(&frame))
		return table;
	/* Zeroed before any hart's walker can come upon it. */
	atomic64_store_release(entry, pte_make_table(frame));
	return direct(frame);
}

bool table_set_locked(struct space *s, vaddr_t va, u64 leaf)
{
	pte_t *t = table_make(&s->roots[pte_index(va, 2)]);
	t = t ? table_make(&t[pte_index(va, 1)]) : NULL;
	if (!t)
		return false;
	atomic64_store_release(&t[pte_index(va, 0)], leaf);
	return true;
}

void table_protect_locked(struct space *s, vaddr_t va)
{
	pte_t *t = table_of(&s->roots[pte_index(va, 2)]);
	t = t ? table_of(&t[pte_index(va, 1)]) : NULL;
	if (!t)
		return;
	pte_t *leaf = &t[pte_index(va, 0)];
	u64 pte = atomic64_load_relaxed(leaf);
	if (pte_is_present(pte) && pte_is_writable(pte))
		atomic64_store_relaxed(leaf, pte_make_readonly(pte));
}

/*
 * Lower tables that were unhooked, chained by their first entries in a form
 * that is not present: some hart may still walk through them, until all have
 * forgotten.  Under the space lock.
 */
static paddr_t unhooked;

/* The table below the entry goes off.  True if there was one. */
static bool unhook_locked(pte_t *entry)
{
	pte_t *table = table_of(entry);
	if (!table)
		return false;
	atomic64_store_relaxed(entry, 0);
	atomic64_store_relaxed(&table[0], unhooked.raw);
	unhooked = direct_paddr(table);
	return true;
}

void tables_forget_locked(void)
{
	shoot_flush();
	while (unhooked.raw) {
		pte_t *table = direct(unhooked);
		paddr_t next = PADDR(atomic64_load_relaxed(&table[0]));
		frame_free(unhooked);
		unhooked = next;
	}
}

/* The leaves of pages `first` up to `end`, all of one lowest table. */
static bool clear_leaves(pte_t *middle, unsigned first, unsigned end)
{
	pte_t *table = table_of(&middle[first / PTES]);
	bool any = false;
	for (; table && first < end; first++) {
		pte_t *leaf = &table[first % PTES];
		any |= atomic64_load_relaxed(leaf) != 0;
		atomic64_store_relaxed(leaf, 0);
	}
	return any;
}

/* The whole tables from index `first` up to `end`. */
static bool unhook_some_locked(pte_t *middle, unsigned first, unsigned end)
{
	bool any = false;
	for (unsigned i = first; i < end; i++)
		if (unlikely(atomic64_load_relaxed(&middle[i])))
			any |= unhook_locked(&middle[i]);
	return any;
}

/*
 * What lies below a middle table, pages `first` up to `end` of its 2^18: whole
 * tables go off, of the first and the last the leaves are cleared.
 */
static bool clear_middle_locked(pte_t *middle, unsigned first, unsigned end)
{
	unsigned whole = ROUND_UP(first, PTES), rest = end / PTES * PTES;
	bool any = false;
	if (first < whole)
		any |= clear_leaves(middle, first, MIN(whole, end));
	if (whole < rest)
		any |= unhook_some_locked(middle, whole / PTES, rest / PTES);
	if (rest >= whole && rest < end)
		any |= clear_leaves(middle, rest, end);
	return any;
}

bool table_clear_locked(struct space *s, u64 start, u64 end)
{
	const u64 reach = PAGE_SIZE * PTES * PTES;
	bool any = false;
	for (u64 va = start; va < end;) {
		u64 base = va / reach * reach, stop = MIN(end, base + reach);
		pte_t *middle = table_of(&s->roots[pte_index(VADDR(va), 2)]);
		if (middle)
			any |= clear_middle_locked(
				middle, (unsigned)((va - base) / PAGE_SIZE),
				(unsigned)((stop - base) / PAGE_SIZE));
		va = stop;
	}
	return any;
}

static void free_maprefs_of_locked(struct space *s)
{
	while (!link_is_alone(&s->maps))
		mapref_free_locked(container_of(s->maps.next, struct mapref,
						of_space));
}

/*
 * Frees all that a space has but itself and the tables that a hart's root may
 * hold.  False if there was nothing.
 */
static bool space_empty_locked(struct space *s)
{
	bool any = !link_is_alone(&s->maps);
	any |= table_clear_locked(s, 0, SPACE_SIZE);
	free_maprefs_of_locked(s);
	if (any)
		tables_forget_locked();
	return any;
}

/* It is empty, and no hart has it. */
static void space_free_locked(struct space *s)
{
	kassert(link_is_alone(&s->maps));
	for (unsigned i = 0; i < MMU_USER_ROOTS; i++) {
		pte_t *middle = table_of(&s->roots[i]);
		if (middle)
			frame_free(direct_paddr(middle));
		atomic64_store_relaxed(&s->roots[i], 0);
	}
	s->in_use = false;
	spaces_used--;
}

static bool is_loaded(const struct space *s)
{
	for (u32 i = 0; i < hart_count(); i++)
		if (atomic_ptr_load_acquire(&harts[i].loading) == s ||
		    atomic_ptr_load_acquire(&harts[i].space) == s)
			return true;
	return false;
}

/*
 * Takes the space from its root.  True: no hart has it, and none will.  A hart
 * says what it is loading and then looks at the root once more (space.c).
 */
static bool take_from_root(struct space *s)
{
	if (s->root)
		atomic_ptr_store_relaxed(&s->root->space, NULL);
	fence_full();
	return !is_loaded(s);
}

/* Its root's lock keeps others from filling it meanwhile. */
static bool try_to_free(struct space *s)
{
	if (!s->in_use || is_loaded(s) ||
	    (s->root && mrow_try_write(&s->root->lock) != LOCK_OK))
		return false;
	if (take_from_root(s)) {
		space_empty_locked(s);
		space_free_locked(s);
		return true;
	}
	if (s->root)
		atomic_ptr_store_release(&s->root->space, s);
	return false;
}

static struct space *next_space(void)
{
	return &spaces[hand++ % space_room];
}

bool space_reclaim_locked(void)
{
	for (u64 i = 0; i < space_room; i++) {
		if (try_to_free(next_space()))
			return true;
	}
	for (u64 i = 0; i < space_room; i++) {
		struct space *s = next_space();
		if (s->in_use && space_empty_locked(s))
			return true;
	}
	return false;
}

/* Its leaves were cleared; what refers to it goes too. */
void space_detach_locked(struct obj *root)
{
	struct space *s = atomic_ptr_load_acquire(&root->space);
	if (!s)
		return;
	bool free = take_from_root(s);
	s->root = NULL;
	free_maprefs_of_locked(s);
	if (free)
		space_free_locked(s);
}
