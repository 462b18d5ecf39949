#include <checkpoint.h>
#include <invoke.h>

/* An order that is answered by one word. */
static u64 ask(unsigned ckpt, u64 order, u64 w1, u64 *value)
{
	struct words answer = call4(ckpt, order, w1, 0, 0);
	if (answer.w0 == RC_OK)
		*value = answer.w1;
	return answer.w0;
}

u64 ckpt_begin(unsigned ckpt, u64 *generation)
{
	return ask(ckpt, CKPT_BEGIN, 0, generation);
}

u64 ckpt_await(unsigned ckpt, u64 generation, u64 *newest)
{
	return ask(ckpt, CKPT_AWAIT, generation, newest);
}

u64 ckpt_take(unsigned ckpt, u64 *newest)
{
	u64 generation;
	TRY(ckpt_begin(ckpt, &generation));
	return ckpt_await(ckpt, generation, newest);
}

u64 ckpt_interval(unsigned ckpt, u64 ticks)
{
	return call4(ckpt, CKPT_INTERVAL, ticks, 0, 0).w0;
}

u64 ckpt_journal_begin(unsigned ckpt, unsigned page, u64 *sequence)
{
	struct message m = { .w = { CKPT_JOURNAL }, .send = { (u8)page } };
	if (message_call(ckpt, &m) == RC_OK)
		*sequence = m.w[1];
	return m.w[0];
}

u64 ckpt_journal_await(unsigned ckpt, u64 sequence)
{
	return call4(ckpt, CKPT_JOURNALED, sequence, 0, 0).w0;
}

u64 ckpt_journal(unsigned ckpt, unsigned page, u64 *sequence)
{
	TRY(ckpt_journal_begin(ckpt, page, sequence));
	return ckpt_journal_await(ckpt, *sequence);
}

u64 ckpt_crash(unsigned ckpt, enum ckpt_crash when, u64 write)
{
	return call4(ckpt, CKPT_CRASH, when, write, 0).w0;
}

u64 ckpt_status(unsigned ckpt, struct ckpt_status *status)
{
	struct message m = { .w = { CKPT_STATUS },
			     .buffer = status,
			     .buffer_size = sizeof(*status) };
	return message_call(ckpt, &m);
}

const char *ckpt_phase_name(u32 phase)
{
	static const char *const names[] = {
#define X(id, n, name) [id] = name,
		CKPT_PHASES(X)
#undef X
	};
	return phase < CKPT_PHASES_COUNT ? names[phase] : "?";
}
