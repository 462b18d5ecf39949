#include <base/string.h>
#include <caps.h>
#include <invoke.h>
#include <names.h>

u64 names_look_up(const char *name, unsigned to)
{
	struct message m = { .w = { NAMES_LOOK_UP },
			     .text = name,
			     .text_size = strlen(name),
			     .receive = { (u8)to } };
	return message_call(CAP_NAMES, &m);
}

u64 names_list(u64 place, char name[NAMES_LETTERS + 1], enum cap_type *type)
{
	struct message m = { .w = { NAMES_LIST, place },
			     .buffer = name,
			     .buffer_size = NAMES_LETTERS };
	if (message_call(CAP_NAMES, &m) == RC_OK) {
		name[m.length] = 0;
		*type = (enum cap_type)m.w[1];
	}
	return m.w[0];
}

u64 names_bind(const char *name, unsigned from)
{
	struct message m = { .w = { NAMES_BIND },
			     .text = name,
			     .text_size = strlen(name),
			     .send = { (u8)from } };
	return message_call(CAP_NAMES, &m);
}

u64 names_unbind(const char *name)
{
	struct message m = { .w = { NAMES_UNBIND },
			     .text = name,
			     .text_size = strlen(name) };
	return message_call(CAP_NAMES, &m);
}
