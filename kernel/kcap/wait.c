#include <kcap/kcap.h>
#include <sched/timed.h>

enum result_code op_wait(struct msg *m)
{
	switch (m->word[0]) {
	case WAIT_UNTIL:
		op_lock_set(m, NULL, 0);
		timed_wait(m->target.oid % WAIT_QUEUES, m->word[1]);
		commit_point();
		return RC_OK;
	case WAIT_NOW:
		m->out_word[1] = time_now();
		return RC_OK;
	default:
		return RC_ORDER;
	}
}
