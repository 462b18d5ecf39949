#include <base/string.h>
#include <caps.h>
#include <factory.h>
#include <invoke.h>

u64 factory_start(struct start *s)
{
	struct message m = { .w = { FACTORY_START, s->keeper != CAP_VOID,
				    s->foreground ? 1 + s->breaks : 0 },
			     .text = s->line,
			     .text_size = strlen(s->line),
			     .send = { s->keeper, s->gift },
			     .receive = { s->server, s->pager } };
	if (message_call(CAP_FACTORY, &m) == RC_OK)
		s->instance = m.w[1];
	return m.w[0];
}

u64 factory_wait(u64 instance, u64 *end, u64 *code)
{
	struct words a = call4(CAP_FACTORY, FACTORY_WAIT, instance, 0, 0);
	*end = a.w1;
	*code = a.w2;
	return a.w0;
}

u64 factory_kill(u64 instance)
{
	return call4(CAP_FACTORY, FACTORY_KILL, instance, 0, 0).w0;
}

u64 factory_stop(u64 instance)
{
	return call4(CAP_FACTORY, FACTORY_STOP, instance, 0, 0).w0;
}

u64 factory_go(u64 instance)
{
	return call4(CAP_FACTORY, FACTORY_GO, instance, 0, 0).w0;
}

u64 factory_name(const char *name)
{
	struct message m = { .w = { FACTORY_NAME },
			     .text = name,
			     .text_size = strlen(name) };
	return message_call(CAP_FACTORY, &m);
}

u64 factory_self(u16 badge, unsigned to)
{
	struct message m = { .w = { FACTORY_SELF, badge },
			     .receive = { (u8)to } };
	return message_call(CAP_FACTORY, &m);
}
