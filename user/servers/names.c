/*
 * The name directory (names.h).
 *
 * Invariants
 *  1. names[i] is empty exactly where entry i of the table of capabilities is
 *     void or about to be; no name stands twice.
 *  2. At the beginning stand the manifest's: it put the capabilities there,
 *     in the order of `first`.
 */
#include <base/string.h>
#include <caps.h>
#include <captable.h>
#include <names.h>
#include <object.h>
#include <program.h>

#define CAP_BOUND 12 /* what is on its way in or out */

static char names[NAMES_MOST][NAMES_LETTERS + 1];

static bool is_name(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return length > 0 && length <= NAMES_LETTERS;
}

/* Its place, that of the first free one for "", or NAMES_MOST. */
static unsigned find(const char *name)
{
	unsigned i = 0;
	while (i < NAMES_MOST && strcmp(names[i], name) != 0)
		i++;
	return i;
}

static void look_up(struct message *m, unsigned i)
{
	message_answer(m, RC_OK);
	captable_get(i, CAP_BOUND);
	m->send[0] = CAP_BOUND;
}

static void list(struct message *m)
{
	u64 i = m->w[1];
	message_answer(m, i >= NAMES_MOST ? RC_LIMIT
			  : names[i][0]   ? RC_OK
					  : NAMES_UNKNOWN);
	if (m->w[0] != RC_OK)
		return;
	captable_get((unsigned)i, CAP_BOUND);
	m->w[1] = cap_type_of(CAP_BOUND, NULL);
	m->text = names[i];
	m->text_size = strlen(names[i]);
}

/* A name whose object is gone may be given again. */
static u64 bind(const char *name, unsigned i)
{
	if (cap_type_of(CAP_IN, NULL) == CT_VOID)
		return RC_VOID;
	if (i < NAMES_MOST) {
		captable_get(i, CAP_BOUND);
		if (cap_type_of(CAP_BOUND, NULL) != CT_VOID)
			return NAMES_TAKEN;
	} else if ((i = find("")) == NAMES_MOST) {
		return RC_LIMIT;
	}
	string_copy(names[i], name, sizeof(names[i]));
	return captable_put(i, CAP_IN);
}

static u64 unbind(unsigned i)
{
	if (i == NAMES_MOST)
		return NAMES_UNKNOWN;
	names[i][0] = 0;
	return captable_put(i, CAP_VOID);
}

/* Orders with a name; `name` has the m->length bytes that came, and a zero. */
static void handle_name(struct message *m, const char *name)
{
	u64 order = m->w[0];
	bool binds = order == NAMES_BIND || order == NAMES_UNBIND;
	unsigned i = find(name);
	if (!binds && order != NAMES_LOOK_UP)
		message_answer(m, RC_ORDER);
	else if (binds && m->badge != NAMES_ALL)
		message_answer(m, RC_RIGHTS);
	else if (!is_name(name, m->length))
		message_answer(m, RC_STRING);
	else if (order == NAMES_BIND)
		message_answer(m, bind(name, i));
	else if (order == NAMES_UNBIND)
		message_answer(m, unbind(i));
	else if (i == NAMES_MOST)
		message_answer(m, NAMES_UNKNOWN);
	else
		look_up(m, i);
}

static void set_up(void)
{
	static const char *const first[] = { "clock", "console" };
	for (unsigned i = 0; i < ARRAY_SIZE(first); i++)
		string_copy(names[i], first[i], sizeof(names[i]));
}

int main(void)
{
	/* One byte more than a name, so that one too long is seen to be. */
	static char name[NAMES_LETTERS + 2];
	struct message m = { .buffer = name,
			     .buffer_size = NAMES_LETTERS + 1,
			     .receive = { CAP_IN },
			     .resume = CAP_REPLY };
	set_up();
	message_wait(&m);
	for (;;) {
		name[m.length] = 0;
		if (m.w[0] == NAMES_LIST)
			list(&m);
		else
			handle_name(&m, name);
		message_reply_wait(CAP_REPLY, &m);
	}
}
