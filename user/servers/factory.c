/*
 * The factory (factory.h).
 *
 * Invariants
 *  1. instances[i].id, where the entry is in use, is the number of an open
 *     account of the bank, and i its index.
 *  2. The one above an instance in use is in use and lives: when one ends,
 *     all below it are forgotten; the bank has destroyed them with it.
 *  3. An instance that has ended owns nothing.  It keeps its entry, and its
 *     account, until the one above has heard of its end.
 *  4. Nothing a client sent is ever invoked here: its capabilities are only
 *     passed on, and answers go to resume capabilities.
 */
#include <assembly.h>
#include <base/fmt.h>
#include <base/string.h>
#include <caps.h>
#include <captable.h>
#include <factory.h>
#include <faults.h>
#include <hold.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <program.h>

enum state { FREE, LIVES, ENDED };

struct instance {
	enum state state;
	u16 id;
	u8 above;        /* index */
	bool waited;     /* its waiter is in the table */
	bool foreground; /* Ctrl-C ends it */
	bool held;       /* stopped, until FACTORY_GO */
	enum factory_end end;
	u64 code;
};

static struct instance instances[BANK_ACCOUNTS];
static u64 breaks; /* times Ctrl-C was typed, as far as is known here */
static char names[FACTORY_PROGRAMS][FROZEN_LETTERS + 1];

/* Entries of the table of capabilities. */
#define PROCESS_OF(i) (3 * (i))
#define WAITER_OF(i) (3 * (i) + 1)
#define METER_OF(i) (3 * (i) + 2)

static struct instance *find(u64 id)
{
	struct instance *p = &instances[BANK_INDEX(id)];
	return p->state != FREE && p->id == id ? p : NULL;
}

static unsigned index_of(const struct instance *p)
{
	return (unsigned)(p - instances);
}

/* The program that the first word of the line names, or -1. */
static int find_program(const char *line, size_t length)
{
	size_t n = 0;
	while (n < length && line[n] != ' ')
		n++;
	for (int i = 0; i < FACTORY_PROGRAMS && n; i++)
		if (strlen(names[i]) == n && memcmp(names[i], line, n) == 0)
			return i;
	return -1;
}

static u64 open_instance(const struct instance *above, u64 *id)
{
	static const struct bank_limits limits = { { 2560, 512, 64 } };
	TRY(bank_open(above->id, &limits, id, CAP_ACCOUNT));
	instances[BANK_INDEX(*id)] = (struct instance){
		.state = LIVES,
		.id = (u16)*id,
		.above = (u8)index_of(above),
	};
	return RC_OK;
}

static void forget(struct instance *p)
{
	bank_close(p->id);
	p->state = FREE;
	captable_put(PROCESS_OF(index_of(p)), CAP_VOID);
	captable_put(WAITER_OF(index_of(p)), CAP_VOID);
	captable_put(METER_OF(index_of(p)), CAP_VOID);
}

static u64 make(const struct assembly *a)
{
	TRY(assemble(a));
	TRY(process_make_start(CAP_PROCESS, 0, CAP_OBJECT));
	TRY(captable_put(PROCESS_OF(BANK_INDEX(a->id)), CAP_PROCESS));
	TRY(process_resume(CAP_PROCESS, CAP_SCRATCH));
	message_send(CAP_SCRATCH, &(struct message){ .w = { RC_OK } });
	return RC_OK;
}

static u64 start(const struct instance *caller, const char *line, size_t length,
		 bool own_keeper, u64 *id)
{
	int program = find_program(line, length);
	if (program < 0)
		return FACTORY_NO_PROGRAM;
	TRY(open_instance(caller, id));
	u64 result = make(&(struct assembly){ .id = *id,
					      .program = (unsigned)program,
					      .name = names[program],
					      .own_keeper = own_keeper,
					      .line = line,
					      .length = length });
	if (result != RC_OK)
		forget(find(*id));
	return result;
}

static void answer_waiter(struct instance *p)
{
	struct message m = { .w = { RC_OK, p->end, p->code } };
	captable_get(WAITER_OF(index_of(p)), CAP_SCRATCH);
	message_send(CAP_SCRATCH, &m);
	forget(p);
}

/* Those below an instance that does not live any more go, and those below
   them: the bank has destroyed them already. */
static void forget_below(void)
{
	for (unsigned i = 0; i < BANK_ACCOUNTS; i++) {
		struct instance *p = &instances[i];
		if (p->state == FREE || p->id == BANK_SHELL ||
		    instances[p->above].state == LIVES)
			continue;
		forget(p);
		i = 0;
	}
}

static void finish(struct instance *p, enum factory_end end, u64 code)
{
	if (p->state != LIVES || p->id == BANK_SHELL)
		return;
	captable_get(PROCESS_OF(index_of(p)), CAP_PROCESS);
	process_stop(CAP_PROCESS, CAP_VOID);
	bank_empty(p->id);
	p->state = ENDED;
	p->end = end;
	p->code = code;
	forget_below();
	if (p->waited)
		answer_waiter(p);
}

static bool is_below(const struct instance *p, const struct instance *above)
{
	while (p != above && p->id != BANK_SHELL)
		p = &instances[p->above];
	return p == above;
}

/* Finds it in *p.  Everybody may end or hold what he started, and what that
   has started. */
static u64 find_below(const struct instance *caller, u64 id,
		      struct instance **p)
{
	*p = &instances[BANK_INDEX(id)];
	if ((*p)->state != LIVES || (id >= BANK_ACCOUNTS && id != (*p)->id))
		return RC_ARGUMENT;
	return *p != caller && is_below(*p, caller) ? RC_OK : RC_RIGHTS;
}

static u64 kill(const struct instance *caller, u64 id)
{
	struct instance *p;
	TRY(find_below(caller, id, &p));
	finish(p, END_KILL, 0);
	return RC_OK;
}

static u64 set_held(struct instance *p, bool held)
{
	unsigned i = index_of(p);
	if (p->held == held)
		return RC_OK;
	captable_get(PROCESS_OF(i), CAP_PROCESS);
	if (held)
		TRY(hold_begin(p->id, METER_OF(i)));
	else
		hold_end(METER_OF(i));
	p->held = held;
	return RC_OK;
}

/* With all it started: what is left of a program does not run on alone. */
static u64 hold(const struct instance *caller, u64 id, bool held)
{
	struct instance *p;
	TRY(find_below(caller, id, &p));
	for (unsigned i = 0; i < BANK_ACCOUNTS; i++)
		if (instances[i].state == LIVES && is_below(&instances[i], p))
			TRY(set_held(&instances[i], held));
	return RC_OK;
}

/* An empty meter: who is held is answered when he may go on. */
static bool meter_fault(struct message *m, struct instance *caller)
{
	message_answer(m, RC_OK);
	if (caller->held)
		hold_park(METER_OF(index_of(caller)), CAP_REPLY);
	return !caller->held;
}

/* The answer to a wait comes when it ends: false, until then. */
static bool wait_for(struct message *m, const struct instance *caller)
{
	struct instance *p = find(m->w[1]);
	bool own = p && p != caller && &instances[p->above] == caller;
	message_answer(m, own && !p->waited ? RC_OK : RC_ARGUMENT);
	if (m->w[0] != RC_OK)
		return true;
	captable_put(WAITER_OF(index_of(p)), CAP_REPLY);
	p->waited = true;
	if (p->state == ENDED)
		answer_waiter(p);
	return false;
}

static void next_ended(struct message *m, const struct instance *caller)
{
	message_answer(m, RC_LIMIT);
	for (unsigned i = 0; i < BANK_ACCOUNTS; i++) {
		struct instance *p = &instances[i];
		if (p->state != ENDED || &instances[p->above] != caller)
			continue;
		m->w[0] = RC_OK;
		m->w[1] = p->id;
		m->w[2] = p->end;
		m->w[3] = p->code;
		forget(p);
		return;
	}
}

static void break_foreground(u64 count)
{
	breaks = count;
	for (unsigned i = 0; i < BANK_ACCOUNTS; i++)
		if (instances[i].state == LIVES && instances[i].foreground)
			finish(&instances[i], END_BREAK, 0);
}

/* Orders. */

static void start_order(struct message *m, const struct instance *caller,
			const char *line)
{
	u64 id = 0;
	bool own_keeper = m->w[1] == 1;
	u64 foreground = m->w[2];
	message_answer(m, start(caller, line, m->length, own_keeper, &id));
	if (m->w[0] != RC_OK)
		return;
	find(id)->foreground = foreground != 0;
	set_held(find(id), caller->held);
	if (foreground && foreground - 1 < breaks)
		finish(find(id), END_BREAK, 0);
	m->w[1] = id;
	m->send[0] = CAP_OBJECT;
	m->send[1] = own_keeper ? CAP_PAGING : CAP_VOID;
}

static void make_self(struct message *m, const struct instance *caller)
{
	u64 badge = m->w[1];
	captable_get(PROCESS_OF(index_of(caller)), CAP_PROCESS);
	message_answer(m,
		       process_make_start(CAP_PROCESS, (u16)badge, CAP_OBJECT));
	m->send[0] = CAP_OBJECT;
}

static void set_name(struct message *m, const struct instance *caller,
		     const char *name)
{
	size_t length = m->length;
	captable_get(PROCESS_OF(index_of(caller)), CAP_PROCESS);
	message_answer(m, assembly_set_name(name, length, caller->id));
}

static void list_names(struct message *m)
{
	static char list[FACTORY_PROGRAMS * sizeof(names[0])];
	size_t used = 0;
	for (int i = 0; i < FACTORY_PROGRAMS; i++)
		if (names[i][0])
			used += fmt_snprintf(list + used, sizeof(list) - used,
					     used ? " %s" : "%s", names[i]);
	message_answer(m, RC_OK);
	m->text = list;
	m->text_size = used;
}

static bool serve(struct message *m, struct instance *caller, const char *line)
{
	switch (m->w[0]) {
	case FACTORY_START:
		start_order(m, caller, line);
		return true;
	case FACTORY_EXIT:
		finish(caller, END_EXIT, m->w[1]);
		return false;
	case FACTORY_WAIT:
		return wait_for(m, caller);
	case FACTORY_KILL:
		message_answer(m, kill(caller, m->w[1]));
		return true;
	case FACTORY_STOP:
	case FACTORY_GO:
		message_answer(m,
			       hold(caller, m->w[1], m->w[0] == FACTORY_STOP));
		return true;
	case FAULT_ORDER + FAULT_METER:
		return meter_fault(m, caller);
	case FACTORY_NAME:
		set_name(m, caller, line);
		return true;
	case FACTORY_ENDED:
		next_ended(m, caller);
		return true;
	case FACTORY_SELF:
		make_self(m, caller);
		return true;
	case FACTORY_NAMES:
		list_names(m);
		return true;
	}
	message_answer(m, RC_ORDER);
	return true;
}

static bool handle(struct message *m, const char *line)
{
	bool death = m->badge == FACTORY_DEATHS;
	struct instance *p = find(death ? m->w[2] : m->badge);
	bool lives = p && p->state == LIVES;
	if (lives && !death)
		return serve(m, p, line);
	if (lives && death)
		finish(p, END_FAULT, m->w[3]);
	else if (m->badge == FACTORY_BREAK)
		break_foreground(m->w[2]);
	message_answer(m,
		       lives || m->badge >= FACTORY_BREAK ? RC_OK : RC_STATE);
	return true;
}

static void set_up(void)
{
	for (unsigned i = 0; i < FACTORY_PROGRAMS; i++)
		assembly_name(i, names[i]);
	instances[BANK_SHELL] = (struct instance){ .state = LIVES,
						   .id = BANK_SHELL,
						   .above = BANK_SHELL };
}

int main(void)
{
	static char line[ARGS_MAX];
	struct message m = { .buffer = line,
			     .buffer_size = sizeof(line) - 1,
			     .receive = { CAP_KEEPER_IN, CAP_GIFT_IN },
			     .resume = CAP_REPLY };
	bool answer = false;
	set_up();
	for (;;) {
		if (answer)
			message_reply_wait(CAP_REPLY, &m);
		else
			message_wait(&m);
		answer = handle(&m, line);
	}
}
