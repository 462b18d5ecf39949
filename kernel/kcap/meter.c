#include <kcap/kcap.h>
#include <proc/meter.h>

enum result_code op_meter(struct msg *m)
{
	if (m->word[0] != METER_READ)
		return RC_ORDER;
	struct obj *o = op_lock_target(m, false, 0);
	if (!o)
		return RC_VOID;
	commit_point();
	m->out_word[1] = meter_left(obj_node(o));
	return RC_OK;
}
