#include <kcap/kcap.h>
#include <obj/reserve.h>
#include <space/space.h>

/*
 * What comes out of a slot through a capability with these rights.  A weak one
 * hands out only what cannot write, itself weak: memory loses the right, and
 * what gives other powers does not come through at all.
 */
static struct mcap diminish(struct mcap c, u32 rights)
{
	enum cap_type type = META_TYPE(c.meta);
	if (!(rights & CR_WEAK))
		return c;
	if (type == CT_PAGE || type == CT_NODE)
		c.meta |= META(0, CR_READONLY | CR_WEAK, 0);
	else if (type != CT_NUMBER && type != CT_VOID)
		c = MCAP_VOID;
	return c;
}

static void set_slot(struct node *n, unsigned i, const struct mcap *c)
{
	space_slot_changes(n, i);
	cap_write(&n->slot[i], c);
}

static enum result_code get(struct msg *m)
{
	u64 i = m->word[1];
	if (i >= NODE_SLOTS)
		return RC_ARGUMENT;
	struct obj *o = op_lock_target(m, false, 0);
	if (!o)
		return RC_VOID;
	commit_point();
	cap_read(&obj_node(o)->slot[i], &m->out_cap);
	m->out_cap = diminish(m->out_cap, META_RIGHTS(m->target.meta));
	return RC_OK;
}

static enum result_code set(struct msg *m)
{
	u64 i = m->word[1];
	if (i >= NODE_SLOTS)
		return RC_ARGUMENT;
	struct obj *o = op_lock_target(m, true, 0);
	if (!o)
		return RC_VOID;
	commit_point();
	if (m->word[0] == NODE_SWAP)
		cap_read(&obj_node(o)->slot[i], &m->out_cap);
	if (m->word[0] == NODE_SET_NUMBER)
		set_slot(obj_node(o), (unsigned)i, &MCAP_NUMBER(m->word[2]));
	else
		set_slot(obj_node(o), (unsigned)i, &m->cap[0]);
	return RC_OK;
}

static enum result_code clear(struct msg *m)
{
	struct obj *o = op_lock_target(m, true, 0);
	if (!o)
		return RC_VOID;
	commit_point();
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		set_slot(obj_node(o), i, &MCAP_VOID);
	return RC_OK;
}

static enum result_code copy(struct msg *m)
{
	struct opset set = { 0 };
	struct mcap c;
	if (META_TYPE(m->cap[0].meta) != CT_NODE)
		return RC_CAPTYPE;
	opset_add(&set, &m->target, true);
	opset_add(&set, &m->cap[0], false);
	op_lock_set(m, &set, 0);
	struct obj *to = set.member[0].obj, *from = set.member[1].obj;
	if (!to)
		return RC_VOID;
	if (!from)
		return RC_CAPTYPE;
	if (to == from)
		return RC_ALIASED;
	reserve_dirty(to);
	commit_point();
	for (unsigned i = 0; i < NODE_SLOTS; i++) {
		cap_read(&obj_node(from)->slot[i], &c);
		c = diminish(c, META_RIGHTS(m->cap[0].meta));
		set_slot(obj_node(to), i, &c);
	}
	return RC_OK;
}

static enum result_code restrict_to(struct msg *m, u32 rights)
{
	m->out_cap = m->target;
	m->out_cap.meta |= META(0, rights, 0);
	return RC_OK;
}

static enum result_code get_span(struct msg *m)
{
	struct obj *o = op_lock_target(m, false, 0);
	if (!o)
		return RC_VOID;
	commit_point();
	m->out_word[1] = o->span;
	return RC_OK;
}

static enum result_code set_span(struct msg *m)
{
	u64 span = m->word[1];
	if (span < SPAN_MIN || span > SPAN_MAX || (span - SPAN_MIN) % NODE_BITS)
		return RC_ARGUMENT;
	struct obj *o = op_lock_target(m, true, 0);
	if (!o)
		return RC_VOID;
	commit_point();
	space_object_changes(o);
	o->span = (u8)span;
	return RC_OK;
}

static enum result_code meter(struct msg *m)
{
	m->out_cap = m->target;
	m->out_cap.meta = META(CT_METER, 0, 0);
	return RC_OK;
}

static bool is_write(u64 order)
{
	return order == NODE_SET || order == NODE_SWAP || order == NODE_CLEAR ||
	       order == NODE_COPY || order == NODE_SET_SPAN ||
	       order == NODE_SET_NUMBER || order == NODE_METER;
}

enum result_code op_node(struct msg *m)
{
	if (is_write(m->word[0]) && !op_may_write(m))
		return RC_RIGHTS;
	switch (m->word[0]) {
	case NODE_GET:
		return get(m);
	case NODE_SET:
	case NODE_SWAP:
	case NODE_SET_NUMBER:
		return set(m);
	case NODE_CLEAR:
		return clear(m);
	case NODE_COPY:
		return copy(m);
	case NODE_READONLY:
		return restrict_to(m, CR_READONLY);
	case NODE_WEAK:
		return restrict_to(m, CR_READONLY | CR_WEAK);
	case NODE_GET_SPAN:
		return get_span(m);
	case NODE_SET_SPAN:
		return set_span(m);
	case NODE_METER:
		return meter(m);
	default:
		return RC_ORDER;
	}
}
