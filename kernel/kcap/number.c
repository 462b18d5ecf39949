#include <kcap/kcap.h>

enum result_code op_number(struct msg *m)
{
	if (m->word[0] != NUMBER_READ)
		return RC_ORDER;
	m->out_word[1] = m->target.oid;
	return RC_OK;
}
