#include <diag/log.h>
#include <kcap/kcap.h>

enum result_code op_conlog(struct msg *m)
{
	if (m->word[0] != CONLOG_WRITE)
		return RC_ORDER;
	if (m->length > CONLOG_MAX)
		return RC_STRING;
	op_lock_set(m, NULL, 0);
	commit_point();
	log_write(m->string, m->length);
	return RC_OK;
}
