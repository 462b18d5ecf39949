/*
 * hostile [SEED]: does to the servers what a client should not, and then sees
 * whether they still serve.
 *
 * Nearly all of it is sent, not called, so that no answer is waited for; if a
 * server ever waited for a client, the next message to it would not end.
 */
#include <abi/captypes.h>
#include <bank.h>
#include <base/rand.h>
#include <base/string.h>
#include <caps.h>
#include <clock.h>
#include <console.h>
#include <factory.h>
#include <faults.h>
#include <invoke.h>
#include <layout.h>
#include <names.h>
#include <object.h>
#include <program.h>
#include <text.h>

enum hostile_register {
	CAP_PAGER = 14,
	CAP_MYSELF = 10, /* never available: a call of it never ends */
	CAP_PAGE = 11,
	CAP_NODE = 12,
	CAP_PROCESS = 13,
};

static const u8 servers[] = { CAP_CONSOLE, CAP_BANK,  CAP_CLOCK,
			      CAP_FACTORY, CAP_NAMES, CAP_PAGER };
static const u8 gifts[] = { CAP_VOID,    CAP_CONSOLE, CAP_BANK,
			    CAP_DISCRIM, CAP_PAGER,   CAP_MYSELF,
			    CAP_PAGE,    CAP_NODE,    CAP_PROCESS };
static const u64 lengths[] = { 0, 1, 7, 24, 255, 256, 257, 4095, 4096 };
static char text[MSG_STRING_MAX];
static struct rand dice;

#define PICK(array) ((array)[rand_next(&dice) % ARRAY_SIZE(array)])

/* Small numbers, faults, type queries, and what no one knows. */
static u64 pick_word(void)
{
	u64 r = rand_next(&dice);
	switch (r % 4) {
	case 0:
		return r / 4 % 12;
	case 1:
		return FAULT_ORDER + r / 4 % (FAULT_COUNT + 1);
	case 2:
		return r / 4 % 2 ? ORDER_TYPE : ~0ul;
	default:
		return r;
	}
}

/* Ends this program, or reads away the shell's next line: not meant here. */
static bool is_meant_well(u8 server, u64 order)
{
	return (server == CAP_FACTORY && order == FACTORY_EXIT) ||
	       (server == CAP_CONSOLE && order <= CONSOLE_READ_LINE);
}

static void throw(u64 count)
{
	while (count--) {
		struct message m = { .w = { pick_word(), pick_word(),
					    pick_word(), pick_word() },
				     .text = text,
				     .text_size = PICK(lengths),
				     .send = { PICK(gifts), PICK(gifts),
					       PICK(gifts), PICK(gifts) },
				     .resume_out = PICK(gifts) };
		u8 server = PICK(servers);
		if (!is_meant_well(server, m.w[0]))
			message_send(server, &m);
	}
}

/* A process whose space leads to where nobody should call. */
static void trap_pager(void)
{
	static const u64 at[] = { PROGRAM_START, ZERO_END - 8, STACK_TOP - 8,
				  0 };
	static const u8 slots[] = { CAP_VOID, CAP_MYSELF, CAP_NODE, CAP_PAGE,
				    CAP_BANK };
	for (u64 i = 0; i < 64; i++) {
		struct message m = { .w = { FAULT_ORDER + FAULT_WRITE,
					    PICK(at) },
				     .send = { CAP_PROCESS } };
		node_set_span(CAP_NODE, i % 2 ? ROOT_SPAN : LEAF_SPAN);
		for (unsigned slot = 0; slot < NODE_SLOTS; slot++)
			node_set(CAP_NODE, slot, PICK(slots));
		process_set_slot(CAP_PROCESS, PS_SPACE,
				 i % 8 ? CAP_NODE : PICK(slots));
		process_set_slot(CAP_PROCESS, PS_BRAND, PICK(slots));
		message_send(CAP_PAGER, &m);
	}
}

/* Buys all there is for it; it goes back when this program ends. */
static u64 hoard(enum obj_kind kind)
{
	u64 count = 0;
	while (bank_buy(kind, 0, CAP_GIFT) == RC_OK)
		count++;
	return count;
}

static bool still_serve(void)
{
	char name[NAMES_LETTERS + 1];
	enum cap_type type;
	u64 ticks, seconds;
	struct message names = { .w = { FACTORY_NAMES },
				 .buffer = text,
				 .buffer_size = sizeof(text) };
	return call4(CAP_BANK, BANK_STATUS, OK_PAGE, 0, 0).w0 == RC_OK &&
	       clock_now(&ticks, &seconds) == RC_OK &&
	       names_list(0, name, &type) == RC_OK &&
	       message_call(CAP_FACTORY, &names) == RC_OK && names.length > 0;
}

/* An instance that waits for ever, for its pager's sake: its faults would
   come here, and nobody answers them. */
static u64 set_up(void)
{
	struct start s = { .line = "hello",
			   .keeper = CAP_MYSELF,
			   .pager = CAP_PAGER };
	TRY(factory_self(0, CAP_MYSELF));
	TRY(factory_start(&s));
	TRY(bank_buy(OK_PAGE, 0, CAP_PAGE));
	TRY(bank_buy(OK_NODE, 0, CAP_NODE));
	return bank_buy(OK_PROCESS, 0, CAP_PROCESS);
}

int main(int argc, char **argv)
{
	u64 result = set_up();
	if (result != RC_OK) {
		printf("hostile: cannot begin: %s\n", result_name(result));
		return 1;
	}
	rand_seed(&dice, text_argument(argc, argv, 1, 1));
	trap_pager();
	print("pager: passed\n");
	throw(text_argument(argc, argv, 2, 3000));
	print("messages: passed\n");
	u64 processes = hoard(OK_PROCESS), nodes = hoard(OK_NODE),
	    pages = hoard(OK_PAGE);
	printf("bought %lu pages, %lu nodes, %lu processes\n", pages, nodes,
	       processes);
	print(still_serve() ? "all servers serve\n" : "A SERVER FAILS\n");
	return 0;
}
