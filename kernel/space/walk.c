#include <diag/check.h>
#include <obj/reserve.h>
#include <space/space.h>

/* Nothing there: named by what was wanted. */
static enum fault_code missing(enum access access)
{
	static const enum fault_code codes[] = {
		[ACCESS_READ] = FAULT_READ,
		[ACCESS_WRITE] = FAULT_WRITE,
		[ACCESS_FETCH] = FAULT_FETCH,
	};
	return codes[access];
}

static unsigned node_bits(const struct obj *node)
{
	return node->span + NODE_BITS;
}

/*
 * Goes down from the node at the end of w->path to the slot that holds the
 * page, or to where the tree ends.  `room` is the bits of address that the
 * slot the node stands in spans: a bigger node is malformed.
 */
static struct cap *descend(struct walk *w, u64 va, struct obj *node,
			   u64 base, unsigned room, u32 *rights,
			   enum fault_code *code)
{
	for (;;) {
		if (w->depth == WALK_DEPTH || node_bits(node) > room) {
			*code = FAULT_TREE;
			return NULL;
		}
		w->path[w->depth].node = node;
		w->path[w->depth++].base = base;
		u64 index = (va - base) >> node->span;
		if (index >= NODE_SLOTS)
			return NULL;
		struct cap *slot = &obj_node(node)->slot[index];
		u32 meta = cap_meta(slot);
		if (META_TYPE(meta) != CT_NODE)
			return slot;
		*rights |= META_RIGHTS(meta);
		base += index << node->span;
		room = node->span;
		node = cap_prepare(slot);
		if (!node)
			return NULL;
	}
}

/* The slot is of a page or device page: sets what the walk found. */
static bool arrive(struct walk *w, struct cap *slot, u32 rights)
{
	u32 meta = cap_meta(slot);
	rights |= META_RIGHTS(meta);
	w->writable = !(rights & (CR_READONLY | CR_WEAK));
	if (META_TYPE(meta) == CT_DEVPAGE) {
		w->page = NULL;
		w->frame = PADDR(atomic64_load_relaxed(&slot->name));
		return true;
	}
	w->page = cap_prepare(slot);
	if (w->page)
		w->frame = obj_page(w->page)->frame;
	return w->page != NULL;
}

/* Whether the slot where the walk ended spans one page. */
static bool holds_pages(const struct walk *w)
{
	return w->depth == 0 || w->path[w->depth - 1].node->span == SPAN_MIN;
}

/* From the top to the slot that holds the page. */
static struct cap *find_slot(struct cap *top, u64 va, struct walk *w,
			     u32 *rights, enum fault_code *code)
{
	u32 meta = cap_meta(top);
	*rights = META_RIGHTS(meta);
	if (META_TYPE(meta) == CT_PAGE)
		return va < PAGE_SIZE ? top : NULL;
	if (META_TYPE(meta) != CT_NODE)
		return NULL;
	struct obj *root = cap_prepare(top);
	if (!root)
		return NULL;
	return descend(w, va, root, 0, SPAN_MAX + NODE_BITS, rights, code);
}

bool space_walk(struct cap *top, vaddr_t va, enum access access,
		struct walk *w, struct fault *f)
{
	u32 rights = 0;
	struct cap *slot;
	enum cap_type type;
	*f = (struct fault){ missing(access), va.raw };
	w->depth = 0;
	w->page = NULL;
	if (va.raw >= SPACE_SIZE)
		return false;
	slot = find_slot(top, va.raw, w, &rights, &f->code);
	type = slot ? cap_type(slot) : CT_VOID;
	if (type == CT_VOID)
		return false;
	if (!holds_pages(w) || (type != CT_PAGE && type != CT_DEVPAGE)) {
		f->code = FAULT_TREE;
		return false;
	}
	if (!arrive(w, slot, rights) || (access == ACCESS_FETCH && !w->page))
		return false; /* a device holds no instructions */
	if (access == ACCESS_WRITE && !w->writable) {
		f->code = FAULT_READONLY;
		return false;
	}
	if (access == ACCESS_WRITE && w->page)
		reserve_dirty(w->page);
	return true;
}
