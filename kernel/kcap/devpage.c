#include <kcap/kcap.h>

enum result_code op_devpage(struct msg *m)
{
	if (m->word[0] != DEVPAGE_ADDRESS)
		return RC_ORDER;
	m->out_word[1] = m->target.oid;
	return RC_OK;
}
