#include <kcap/kcap.h>

/* Only a look: the process may be answered meanwhile. */
static bool is_answered(struct process *p, const struct mcap *resume)
{
	spin_lock(&proc_ring(p)->lock);
	bool waits = proc_waits_for(p, resume);
	spin_unlock(&proc_ring(p)->lock);
	return !waits;
}

/* One whose object was destroyed, or whose answer was given. */
static bool is_void(const struct mcap *c)
{
	struct obj *o = mcap_find(c);
	if (META_TYPE(c->meta) == CT_RESUME)
		return !o || is_answered(obj_process(o), c);
	return type_names_object(META_TYPE(c->meta)) &&
	       (!o || !mcap_was_valid(c, o));
}

static struct mcap settled(const struct mcap *c)
{
	return is_void(c) ? MCAP_VOID : *c;
}

enum result_code op_discrim(struct msg *m)
{
	struct mcap a = settled(&m->cap[0]), b = settled(&m->cap[1]);
	switch (m->word[0]) {
	case DISCRIM_TYPE:
		m->out_word[1] = META_TYPE(a.meta);
		m->out_word[2] = META_RIGHTS(a.meta);
		return RC_OK;
	case DISCRIM_EQUAL:
		m->out_word[1] = a.meta == b.meta && a.oid == b.oid &&
				 a.version == b.version;
		return RC_OK;
	default:
		return RC_ORDER;
	}
}
