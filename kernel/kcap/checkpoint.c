#include <kcap/kcap.h>
#include <store/ckpt.h>
#include <store/crash.h>
#include <store/journal.h>

static enum result_code begin(struct msg *m)
{
	op_lock_set(m, NULL, 0);
	commit_point();
	m->out_word[1] = ckpt_begin();
	return RC_OK;
}

static enum result_code await(struct msg *m)
{
	op_lock_set(m, NULL, 0);
	u64 durable = ckpt_await(m->word[1]);
	commit_point();
	m->out_word[1] = durable;
	return RC_OK;
}

static enum result_code set_interval(struct msg *m)
{
	if (!ckpt_is_interval(m->word[1]))
		return RC_ARGUMENT;
	op_lock_set(m, NULL, 0);
	commit_point();
	spin_lock(&store_lock);
	ckpt_set_interval_locked(m->word[1]);
	spin_unlock(&store_lock);
	ckpt_kick();
	return RC_OK;
}

static enum result_code journal(struct msg *m)
{
	struct opset set = { 0 };
	if (META_TYPE(m->cap[0].meta) != CT_PAGE)
		return RC_CAPTYPE;
	if (!journal_slots())
		return RC_LIMIT;
	opset_add(&set, &m->cap[0], false);
	op_lock_set(m, &set, 0);
	if (!set.member[0].obj)
		return RC_CAPTYPE;
	u64 sequence = ckpt_journal(set.member[0].obj);
	commit_point();
	journal_start();
	m->out_word[1] = sequence;
	return RC_OK;
}

static enum result_code await_journal(struct msg *m)
{
	op_lock_set(m, NULL, 0);
	ckpt_await_journal(m->word[1]);
	commit_point();
	return RC_OK;
}

static enum result_code crash(struct msg *m)
{
	return crash_at(m->word[1], m->word[2]) ? RC_OK : RC_ARGUMENT;
}

static enum result_code status(struct msg *m)
{
	op_lock_set(m, NULL, sizeof(struct ckpt_status));
	commit_point();
	struct ckpt_status s = ckpt_status();
	op_string(m, &s, sizeof(s));
	return RC_OK;
}

enum result_code op_checkpoint(struct msg *m)
{
	static op_function *const orders[] = {
		[CKPT_BEGIN] = begin,       [CKPT_AWAIT] = await,
		[CKPT_INTERVAL] = set_interval, [CKPT_JOURNAL] = journal,
		[CKPT_JOURNALED] = await_journal, [CKPT_CRASH] = crash,
		[CKPT_STATUS] = status,
	};
	u64 order = m->word[0];
	return order < ARRAY_SIZE(orders) ? orders[order](m) : RC_ORDER;
}
