#include <bank.h>
#include <caps.h>
#include <invoke.h>

u64 bank_buy(enum obj_kind kind, u64 account, unsigned to)
{
	struct message m = { .w = { BANK_BUY, kind, account },
			     .receive = { (u8)to } };
	return message_call(CAP_BANK, &m);
}

u64 bank_sell(unsigned object)
{
	struct message m = { .w = { BANK_SELL }, .send = { (u8)object } };
	return message_call(CAP_BANK, &m);
}

u64 bank_status(enum obj_kind kind, u64 *used, u64 *most)
{
	struct words a = call4(CAP_BANK, BANK_STATUS, kind, 0, 0);
	*used = a.w1;
	*most = a.w2;
	return a.w0;
}

u64 bank_open(u64 above, const struct bank_limits *limits, u64 *account,
	      unsigned to)
{
	struct message m = { .w = { BANK_OPEN, above },
			     .text = limits,
			     .text_size = sizeof(*limits),
			     .receive = { (u8)to } };
	if (message_call(CAP_BANK, &m) == RC_OK)
		*account = m.w[1];
	return m.w[0];
}

u64 bank_empty(u64 account)
{
	return call4(CAP_BANK, BANK_EMPTY, account, 0, 0).w0;
}

u64 bank_close(u64 account)
{
	return call4(CAP_BANK, BANK_CLOSE, account, 0, 0).w0;
}
