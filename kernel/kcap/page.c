#include <base/string.h>
#include <kcap/kcap.h>
#include <obj/reserve.h>

static char *page_data(struct obj *o)
{
	return direct(obj_page(o)->frame);
}

static enum result_code zero(struct msg *m)
{
	struct obj *o = op_lock_target(m, true, 0);
	if (!o)
		return RC_VOID;
	commit_point();
	memset(page_data(o), 0, PAGE_SIZE);
	return RC_OK;
}

static enum result_code copy(struct msg *m)
{
	struct opset set = { 0 };
	if (META_TYPE(m->cap[0].meta) != CT_PAGE)
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
	memcpy(page_data(to), page_data(from), PAGE_SIZE);
	return RC_OK;
}

static enum result_code make_readonly(struct msg *m)
{
	m->out_cap = m->target;
	m->out_cap.meta |= META(0, CR_READONLY, 0);
	return RC_OK;
}

static enum result_code read(struct msg *m)
{
	u64 offset = m->word[1], n = m->word[2];
	if (offset > PAGE_SIZE || n > PAGE_SIZE - offset)
		return RC_ARGUMENT;
	struct obj *o = op_lock_target(m, false, n);
	if (!o)
		return RC_VOID;
	commit_point();
	op_string(m, page_data(o) + offset, n);
	return RC_OK;
}

static enum result_code write(struct msg *m)
{
	u64 offset = m->word[1];
	if (offset > PAGE_SIZE || m->length > PAGE_SIZE - offset)
		return RC_ARGUMENT;
	struct obj *o = op_lock_target(m, true, 0);
	if (!o)
		return RC_VOID;
	commit_point();
	memcpy(page_data(o) + offset, m->string, m->length);
	return RC_OK;
}

static bool is_write(u64 order)
{
	return order == PAGE_ZERO || order == PAGE_COPY || order == PAGE_WRITE;
}

enum result_code op_page(struct msg *m)
{
	if (is_write(m->word[0]) && !op_may_write(m))
		return RC_RIGHTS;
	switch (m->word[0]) {
	case PAGE_ZERO:
		return zero(m);
	case PAGE_COPY:
		return copy(m);
	case PAGE_READONLY:
		return make_readonly(m);
	case PAGE_READ:
		return read(m);
	case PAGE_WRITE:
		return write(m);
	default:
		return RC_ORDER;
	}
}
