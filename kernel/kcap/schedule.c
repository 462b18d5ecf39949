#include <kcap/kcap.h>

enum result_code op_schedule(struct msg *m)
{
	u16 priority = META_BADGE(m->target.meta);
	switch (m->word[0]) {
	case SCHEDULE_READ:
		m->out_word[1] = priority;
		m->out_word[2] = m->target.oid;
		return RC_OK;
	case SCHEDULE_MAKE:
		if (m->word[1] >= PRIORITIES || m->word[2] > QUANTUM_MAX)
			return RC_ARGUMENT;
		if (m->word[1] > priority)
			return RC_RIGHTS;
		m->out_cap = (struct mcap){
			.meta = META(CT_SCHEDULE, 0, m->word[1]),
			.oid = m->word[2],
		};
		return RC_OK;
	default:
		return RC_ORDER;
	}
}
