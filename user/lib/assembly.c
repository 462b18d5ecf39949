#include <abi/orders.h>
#include <assembly.h>
#include <bank.h>
#include <base/fmt.h>
#include <base/string.h>
#include <factory.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <pager.h>

#define PROCESS_NAME (FACTORY_LETTERS + sizeof("#99"))

#define REG_SP 2

/* Puts something from the environment into a register of the new process. */
static u64 give(unsigned reg, enum environment what)
{
	TRY(node_get(CAP_ENVIRONMENT, what, CAP_SCRATCH));
	return process_set_cap(CAP_PROCESS, reg, CAP_SCRATCH);
}

/* Maps the page in CAP_OBJECT into the space whose root is CAP_SCRATCH, by a
   leaf node of its own. */
static u64 map_page(u64 id, u64 address)
{
	TRY(bank_buy(OK_NODE, id, CAP_LEAF));
	TRY(node_set_span(CAP_LEAF, LEAF_SPAN));
	TRY(node_set(CAP_LEAF, LEAF_SLOT(address), CAP_OBJECT));
	return node_set(CAP_SCRATCH, ROOT_SLOT(address), CAP_LEAF);
}

/* The uppermost page of the stack, with the command line at its top. */
static u64 map_stack(const struct assembly *a)
{
	TRY(bank_buy(OK_PAGE, a->id, CAP_OBJECT));
	TRY(page_write(CAP_OBJECT, PAGE_SIZE - ARGS_MAX, a->line, a->length));
	return map_page(a->id, STACK_TOP - PAGE_SIZE);
}

/* Its devices, if it is granted any: a look at them, and the first mapped. */
static u64 map_grant(const struct assembly *a)
{
	struct message m = { .w = { NODE_READONLY },
			     .receive = { CAP_OBJECT } };
	TRY(node_get(CAP_ENVIRONMENT, ENV_GRANTS, CAP_OBJECT));
	TRY(node_get(CAP_OBJECT, a->program, CAP_OBJECT));
	if (message_call(CAP_OBJECT, &m) != RC_OK)
		return RC_OK;
	TRY(process_set_cap(CAP_PROCESS, CAP_GRANT, CAP_OBJECT));
	TRY(node_get(CAP_OBJECT, GRANT_PAGE, CAP_OBJECT));
	return map_page(a->id, WINDOW);
}

static u64 make_space(const struct assembly *a)
{
	TRY(bank_buy(OK_NODE, a->id, CAP_SCRATCH));
	TRY(node_get(CAP_PROGRAM, FROZEN_SPACE, CAP_OBJECT));
	TRY(node_copy(CAP_SCRATCH, CAP_OBJECT));
	TRY(node_set_span(CAP_SCRATCH, ROOT_SPAN));
	TRY(map_stack(a));
	TRY(map_grant(a));
	return process_set_slot(CAP_PROCESS, PS_SPACE, CAP_SCRATCH);
}

static u64 set_slots(const struct assembly *a)
{
	struct message m = { .w = { PAGER_MINT, a->id },
			     .receive = { CAP_PAGING } };
	TRY(message_call(CAP_PAGER, &m));
	TRY(process_set_slot(CAP_PROCESS, PS_KEEPER,
			     a->own_keeper ? CAP_KEEPER_IN : CAP_PAGING));
	TRY(process_set_slot(CAP_PROCESS, PS_BRAND, CAP_PROGRAM));
	TRY(node_get(CAP_ENVIRONMENT, ENV_SCHEDULE, CAP_SCRATCH));
	return process_set_slot(CAP_PROCESS, PS_SCHEDULE, CAP_SCRATCH);
}

static u64 set_caps(const struct assembly *a)
{
	TRY(give(CAP_CONSOLE, ENV_CONSOLE));
	TRY(give(CAP_WAIT, ENV_WAIT));
	TRY(give(CAP_DISCRIM, ENV_DISCRIM));
	TRY(give(CAP_CLOCK, ENV_CLOCK));
	TRY(give(CAP_NAMES, ENV_NAMES));
	TRY(process_set_cap(CAP_PROCESS, CAP_BANK, CAP_ACCOUNT));
	TRY(process_set_cap(CAP_PROCESS, CAP_GIFT, CAP_GIFT_IN));
	TRY(process_make_start(CAP_SELF, (u16)a->id, CAP_SCRATCH));
	return process_set_cap(CAP_PROCESS, CAP_FACTORY, CAP_SCRATCH);
}

static u64 read_frozen_number(enum frozen_slot slot, u64 *value)
{
	TRY(node_get(CAP_PROGRAM, slot, CAP_SCRATCH));
	struct words a = call4(CAP_SCRATCH, NUMBER_READ, 0, 0, 0);
	*value = a.w1;
	return a.w0;
}

static u64 set_regs(const struct assembly *a)
{
	struct proc_regs regs = { 0 };
	TRY(read_frozen_number(FROZEN_ENTRY, &regs.pc));
	TRY(read_frozen_number(FROZEN_STACK, &regs.x[REG_SP]));
	TRY(process_set_regs(CAP_PROCESS, &regs));
	return assembly_set_name(a->name, strlen(a->name), a->id);
}

u64 assembly_set_name(const char *text, size_t length, u64 id)
{
	char name[PROCESS_NAME];
	if (length > FACTORY_LETTERS)
		return RC_STRING;
	for (size_t i = 0; i < length; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return RC_ARGUMENT;
		name[i] = text[i];
	}
	fmt_snprintf(name + length, sizeof(name) - length, "#%lu",
		     BANK_INDEX(id));
	return process_set_name(CAP_PROCESS, name);
}

static u64 fetch_program(unsigned program)
{
	TRY(node_get(CAP_ENVIRONMENT, ENV_PROGRAMS, CAP_SCRATCH));
	return node_get(CAP_SCRATCH, program, CAP_PROGRAM);
}

u64 assemble(const struct assembly *a)
{
	TRY(fetch_program(a->program));
	TRY(bank_buy(OK_PROCESS, a->id, CAP_PROCESS));
	TRY(process_stop(CAP_PROCESS, CAP_VOID));
	TRY(make_space(a));
	TRY(set_slots(a));
	TRY(set_caps(a));
	return set_regs(a);
}

void assembly_name(unsigned program, char name[FROZEN_LETTERS + 1])
{
	u64 letters = 0;
	if (fetch_program(program) != RC_OK ||
	    read_frozen_number(FROZEN_NAME, &letters) != RC_OK)
		letters = 0;
	frozen_name(letters, name);
}
