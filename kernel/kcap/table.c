#include <kcap/kcap.h>
#include <obj/reserve.h>

op_function *const op_table[CT_COUNT] = {
	[CT_NUMBER] = op_number,       [CT_PAGE] = op_page,
	[CT_NODE] = op_node,           [CT_PROCESS] = op_process,
	[CT_SCHEDULE] = op_schedule,   [CT_METER] = op_meter,
	[CT_RANGE] = op_range,         [CT_IRQ] = op_irq,
	[CT_DEVPAGE] = op_devpage,     [CT_WAIT] = op_wait,
	[CT_CHECKPOINT] = op_checkpoint, [CT_CONLOG] = op_conlog,
	[CT_INSPECTOR] = op_inspector,
	[CT_DISCRIM] = op_discrim,
};

struct obj *op_lock_target(struct msg *m, bool write, size_t out_most)
{
	struct opset set = { 0 };
	opset_add(&set, &m->target, write);
	op_lock_set(m, &set, out_most);
	if (set.member[0].obj && write)
		reserve_dirty(set.member[0].obj);
	return set.member[0].obj;
}

bool op_may_write(const struct msg *m)
{
	return !(META_RIGHTS(m->target.meta) & (CR_READONLY | CR_WEAK));
}
