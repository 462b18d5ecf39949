#include <dev/line.h>
#include <kcap/kcap.h>
#include <store/image.h>

/*
 * After a restart the device has forgotten its driver's set-up; the capability
 * that was invoked still carries the boot epoch it was last told of.
 */
static bool was_told(const struct msg *m)
{
	return m->target.version == image_epoch();
}

static void tell(struct msg *m)
{
	unsigned reg = CTL_GET_TARGET(m->control);
	m->target.version = image_epoch();
	cap_write(&proc_current()->cap[reg], &m->target);
}

enum result_code op_irq(struct msg *m)
{
	u64 line = m->target.oid;
	if (m->word[0] == IRQ_LINE) {
		m->out_word[1] = line;
		return RC_OK;
	}
	if (m->word[0] != IRQ_WAIT)
		return RC_ORDER;
	if (line == 0 || line >= IRQ_LINES)
		return RC_LIMIT;
	op_lock_set(m, NULL, 0);
	if (was_told(m))
		irq_line_wait((u32)line);
	commit_point();
	if (was_told(m))
		return RC_OK;
	tell(m);
	m->out_word[1] = 1;
	return RC_OK;
}
