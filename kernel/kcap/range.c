#include <base/string.h>
#include <diag/check.h>
#include <kcap/kcap.h>
#include <obj/reserve.h>
#include <proc/halt.h>
#include <sched/stall.h>
#include <space/space.h>

/* Links of a ring undone in one step of a destruction. */
#define DESTROY_BATCH 64

static enum obj_kind range_kind(const struct msg *m)
{
	return (enum obj_kind)META_BADGE(m->target.meta);
}

static u64 range_count(const struct msg *m)
{
	return m->target.version;
}

/* The capability to the object at an offset, as its ORDER_MAKE gives it. */
static struct mcap name_at(const struct msg *m, u64 offset)
{
	static const enum cap_type types[] = {
		[OK_PAGE] = CT_PAGE, [OK_NODE] = CT_NODE,
		[OK_PROCESS] = CT_PROCESS,
	};
	struct mcap c = { .meta = META(types[range_kind(m)], 0, 0),
			  .oid = m->target.oid + offset };
	c.hint = obj_find(range_kind(m), c.oid);
	/* A hint until the object is locked: it may be destroyed meanwhile. */
	c.version = c.hint ? glance(c.hint->version) : VERSION_RETIRED;
	return c;
}

static enum result_code make(struct msg *m)
{
	struct mcap c;
	if (m->word[1] >= range_count(m))
		return RC_ARGUMENT;
	c = name_at(m, m->word[1]);
	if (c.version == VERSION_RETIRED)
		return RC_LIMIT;
	m->out_cap = c;
	return RC_OK;
}

/* Undoes up to a batch of what names o; true when nothing is left. */
static bool unname(struct obj *o)
{
	bool caps = ring_unprepare(o, DESTROY_BATCH);
	spin_lock(&o->ring.lock);
	bool hooks = stall_wake_some_locked(&o->ring, DESTROY_BATCH);
	spin_unlock(&o->ring.lock);
	return caps && hooks;
}

static void clear_slots(struct cap *slot, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		cap_clear(&slot[i]);
}

static void clear_process(struct process *p)
{
	hook_unlink(&p->base.hook);
	clear_slots(p->cap, CAP_REGS);
	clear_slots(p->slot, PS_COUNT);
	memset(&p->regs, 0, sizeof(p->regs));
	memset(p->name, 0, sizeof(p->name));
	p->fault = FAULT_NONE;
	p->ticks = p->owed = p->quantum_left = 0;
	proc_become_available(p);
}

/* From here on nothing names the object; whoever still stalls on it is told. */
static void end_version(struct obj *o)
{
	ring_end_version(o);
	spin_lock(&o->ring.lock);
	stall_wake_some_locked(&o->ring, ~0u);
	spin_unlock(&o->ring.lock);
}

static void clear_object(struct obj *o)
{
	end_version(o);
	space_object_changes(o);
	if (o->kind == OK_PAGE)
		memset(direct(obj_page(o)->frame), 0, PAGE_SIZE);
	else if (o->kind == OK_NODE)
		clear_slots(obj_node(o)->slot, NODE_SLOTS);
	else
		clear_process(obj_process(o));
	o->span = SPAN_MIN;
}

/* Locks the object for writing, halting it if it is a process. */
static struct obj *lock_object(struct msg *m, const struct mcap *c)
{
	struct opset set = { 0 };
	struct process *p;
	if (range_kind(m) == OK_PROCESS)
		return op_lock(m, c, &p, NULL, NULL, 0) ? proc_obj(p) : NULL;
	opset_add(&set, c, true);
	op_lock_set(m, &set, 0);
	return set.member[0].obj;
}

/*
 * A long ring is undone in steps, each a transaction that restarts: what was
 * unprepared meanwhile is as good as before, until the version is counted on.
 */
static enum result_code destroy(struct msg *m)
{
	if (m->word[1] >= range_count(m))
		return RC_ARGUMENT;
	struct mcap c = name_at(m, m->word[1]);
	if (c.version == VERSION_RETIRED)
		return RC_LIMIT;
	struct obj *o = lock_object(m, &c);
	if (!o || !unname(o))
		txn_restart();
	reserve_dirty(o);
	commit_point();
	clear_object(o);
	return RC_OK;
}

static enum result_code identify(struct msg *m)
{
	const struct mcap *c = &m->cap[0];
	enum cap_type type = META_TYPE(c->meta);
	u64 offset = c->oid - m->target.oid;
	if (!type_names_object(type) || type == CT_START ||
	    type == CT_RESUME || type_kind(type) != range_kind(m))
		return RC_CAPTYPE;
	struct obj *o = mcap_find(c);
	if (!o || !mcap_was_valid(c, o))
		return RC_CAPTYPE;
	if (offset >= range_count(m))
		return RC_ARGUMENT;
	m->out_word[1] = offset;
	m->out_word[2] = META_RIGHTS(c->meta);
	return RC_OK;
}

static enum result_code split(struct msg *m)
{
	u64 offset = m->word[1], count = m->word[2];
	if (offset > range_count(m) || count > range_count(m) - offset)
		return RC_ARGUMENT;
	m->out_cap = m->target;
	m->out_cap.oid += offset;
	m->out_cap.version = (u32)count;
	return RC_OK;
}

enum result_code op_range(struct msg *m)
{
	switch (m->word[0]) {
	case RANGE_MAKE:
		return make(m);
	case RANGE_DESTROY:
		return destroy(m);
	case RANGE_IDENTIFY:
		return identify(m);
	case RANGE_SPLIT:
		return split(m);
	case RANGE_SIZE:
		m->out_word[1] = range_count(m);
		m->out_word[2] = range_kind(m);
		return RC_OK;
	default:
		return RC_ORDER;
	}
}
