#include <base/string.h>
#include <diag/check.h>
#include <ipc/op.h>
#include <ipc/send.h>
#include <obj/reserve.h>
#include <proc/halt.h>

/* Who is to get the answer: the caller, or the holder's choice. */
static struct process *lock_answerer(struct msg *m)
{
	if (CTL_GET_OP(m->control) == OP_CALL)
		return proc_current();
	if (META_TYPE(m->resume.meta) != CT_RESUME)
		return NULL;
	return lock_waiting(&m->resume);
}

void op_lock_set(struct msg *m, struct opset *set, size_t out_most)
{
	m->answerer = lock_answerer(m);
	if (set)
		opset_lock(set);
	if (!m->answerer)
		return;
	if (out_most)
		deliver_open(m->answerer, out_most, &m->window);
	reserve_dirty(proc_obj(m->answerer));
}

bool op_lock(struct msg *m, const struct mcap *target, struct process **p,
	     bool *aliased, struct opset *set, size_t out_most)
{
	struct obj *o = mcap_find(target);
	bool same = false;
	if (o)
		same = halt_and_lock(obj_process(o)) == LOCK_ALIASED;
	op_lock_set(m, set, out_most);
	if (!o || !mcap_is_valid(target, o))
		return false;
	reserve_dirty(o);
	*p = obj_process(o);
	if (aliased)
		*aliased = same;
	return true;
}

void op_string(struct msg *m, const void *text, size_t n)
{
	kassert(n <= MSG_STRING_MAX);
	memmove(m->string, text, n);
	m->out_length = n;
}
