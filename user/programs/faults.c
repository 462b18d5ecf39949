/*
 * faults [NAME | all]: goes wrong in every way there is, one after the other.
 *
 * Each fault is made by an instance of this program (`faults child N`), whose
 * keeper is the first instance.  A keeper need not know everything: what it
 * does not expect it forwards to the pager, by sending the message on with
 * the resume capability of the process that faulted.
 */
#include <abi/captypes.h>
#include <bank.h>
#include <base/fmt.h>
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <factory.h>
#include <faults.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <program.h>
#include <text.h>

enum faults_register {
	CAP_PAGER = 10,
	CAP_KEEPER = 11, /* to this process, for the child and its meter */
	CAP_SCRATCH = 12,
	CAP_METER_NODE = 13,
};

enum badge { BADGE_KEEPER, BADGE_SURVIVED };

#define NOWHERE (WINDOW_END + 0x1008) /* nothing is ever mapped there */
#define NOT_ALIGNED (STACK_TOP - ARGS_MAX + 1)
#define BREAK_LENGTH 2 /* bytes of ebreak, as it is assembled */
#define one_copy __attribute__((noinline, noclone)) /* labels inside */

extern char at_illegal[], at_break[], at_control[];

/* Each of these faults; if it does not, it returns. */

static void read_nowhere(void)
{
	(void)*(volatile u64 *)NOWHERE;
}

static void write_nowhere(void)
{
	*(volatile u64 *)NOWHERE = 1;
}

static void fetch_nowhere(void)
{
	((void (*)(void))NOWHERE)();
}

static void write_text(void)
{
	*(volatile u32 *)PROGRAM_START = 0;
}

/* Plain loads and stores may be misaligned on this machine; this may not. */
static void reserve_misaligned(void)
{
	u64 value;
	asm volatile("lr.d %0, (%1)"
		     : "=r"(value)
		     : "r"(NOT_ALIGNED)
		     : "memory");
}

static one_copy void illegal(void)
{
	asm volatile("at_illegal: unimp");
}

static one_copy void breakpoint(void)
{
	asm volatile("at_break: ebreak");
}

static one_copy void bad_control(void)
{
	register u64 a7 asm("a7") = CTL_OP(OP_COUNT);
	asm volatile("at_control: ecall" : "+r"(a7)::"memory");
}

static void read_device(void)
{
	(void)*(volatile u32 *)WINDOW;
}

/* After the breakpoint the keeper has spoilt something. */

static void use_spoilt_tree(void)
{
	breakpoint();
	read_nowhere();
}

static void run_spoilt(void)
{
	breakpoint();
	for (;;)
		asm volatile("");
}

/* How the keeper spoils it, between two instructions; CAP_IN is the child. */

static u64 spoil_tree(void)
{
	TRY(process_get_slot(CAP_IN, PS_SPACE, CAP_SCRATCH));
	return node_set(CAP_SCRATCH, ROOT_SLOT(NOWHERE), CAP_SCRATCH);
}

static u64 spoil_schedule(void)
{
	return process_set_slot(CAP_IN, PS_SCHEDULE, CAP_VOID);
}

static u64 spoil_meter(void)
{
	TRY(bank_buy(OK_NODE, 0, CAP_METER_NODE));
	TRY(node_set_number(CAP_METER_NODE, METER_TICKS, TICKS_PER_MS));
	TRY(node_set(CAP_METER_NODE, METER_KEEPER, CAP_KEEPER));
	TRY(node_meter(CAP_METER_NODE, CAP_SCRATCH));
	return process_set_slot(CAP_IN, PS_METER, CAP_SCRATCH);
}

#define ANYWHERE (~0ul)

static const struct way {
	const char *name;
	u64 fault, address;
	void (*go_wrong)(void);
	u64 (*spoil)(void);
} ways[] = {
	{ "read", FAULT_READ, NOWHERE, read_nowhere, NULL },
	{ "write", FAULT_WRITE, NOWHERE, write_nowhere, NULL },
	{ "fetch", FAULT_FETCH, NOWHERE, fetch_nowhere, NULL },
	{ "readonly", FAULT_READONLY, PROGRAM_START, write_text, NULL },
	{ "align", FAULT_ALIGN, NOT_ALIGNED, reserve_misaligned, NULL },
	{ "illegal", FAULT_ILLEGAL, (u64)at_illegal, illegal, NULL },
	{ "break", FAULT_BREAK, (u64)at_break, breakpoint, NULL },
	{ "control", FAULT_CONTROL, (u64)at_control, bad_control, NULL },
	{ "access", FAULT_ACCESS, WINDOW, read_device, NULL },
	{ "tree", FAULT_TREE, NOWHERE, use_spoilt_tree, spoil_tree },
	{ "process", FAULT_MALFORMED, ANYWHERE, run_spoilt, spoil_schedule },
	{ "meter", FAULT_METER, ANYWHERE, run_spoilt, spoil_meter },
};

static int be_child(u64 way)
{
	if (way < ARRAY_SIZE(ways))
		ways[way].go_wrong();
	call4(CAP_GIFT, 0, 0, 0, 0);
	return 0;
}

static u64 start_child(const struct way *way, u64 *instance)
{
	char line[24];
	fmt_snprintf(line, sizeof(line), "faults child %lu", (u64)(way - ways));
	TRY(factory_self(BADGE_KEEPER, CAP_KEEPER));
	TRY(factory_self(BADGE_SURVIVED, CAP_SCRATCH));
	struct start s = { .line = line,
			   .keeper = CAP_KEEPER,
			   .gift = CAP_SCRATCH,
			   .pager = CAP_PAGER };
	TRY(factory_start(&s));
	*instance = s.instance;
	return RC_OK;
}

/* The child goes on behind its breakpoint. */
static u64 spoil(const struct way *way)
{
	struct proc_regs regs;
	TRY(way->spoil());
	TRY(process_get_regs(CAP_IN, &regs));
	regs.pc = (u64)at_break + BREAK_LENGTH;
	TRY(process_set_regs(CAP_IN, &regs));
	message_send(CAP_REPLY, &(struct message){ .w = { RC_OK } });
	return RC_OK;
}

static bool is_pagers(u64 fault, u64 address)
{
	return (fault == FAULT_READ || fault == FAULT_WRITE ||
		fault == FAULT_READONLY) &&
	       (address < ZERO_END || address >= STACK_LIMIT);
}

static bool is_expected(const struct way *way, const struct message *m)
{
	return m->w[0] == FAULT_ORDER + way->fault &&
	       (way->address == ANYWHERE || way->address == m->w[1]);
}

static void forward(struct message *m)
{
	struct message on = { .w = { m->w[0], m->w[1], m->w[2], m->w[3] },
			      .send = { CAP_IN },
			      .resume_out = CAP_REPLY };
	message_send(CAP_PAGER, &on);
}

/* One message to the keeper: true if the fault to come has come, or never
   will; m tells which. */
static bool is_last(const struct way *way, struct message *m, bool *spoilt)
{
	u64 fault;
	if (!fault_of_order(m->w[0], &fault))
		return true;
	if (way->spoil && fault == FAULT_BREAK && !*spoilt) {
		*spoilt = spoil(way) == RC_OK;
		return !*spoilt;
	}
	if (is_expected(way, m) || !is_pagers(fault, m->w[1]))
		return true;
	forward(m);
	return false;
}

/* Keeps the child until it faults for good; true if as expected. */
static bool keep(const struct way *way)
{
	struct message m = { .receive = { CAP_IN }, .resume = CAP_REPLY };
	bool spoilt = false;
	u64 fault;
	do
		message_wait(&m);
	while (!is_last(way, &m, &spoilt));
	if (!fault_of_order(m.w[0], &fault)) {
		printf("%-9s went by without a fault\n", way->name);
		return false;
	}
	printf("%-9s %-28s at 0x%05lx, pc 0x%05lx: %s\n", way->name,
	       fault_name(fault), m.w[1], m.w[2],
	       is_expected(way, &m) ? "expected" : "NOT EXPECTED");
	return is_expected(way, &m);
}

static bool try(const struct way *way)
{
	u64 instance, end, code, result = start_child(way, &instance);
	if (result != RC_OK) {
		printf("%-9s could not be tried: %s\n", way->name,
		       result_name(result));
		return false;
	}
	bool good = keep(way);
	factory_kill(instance);
	factory_wait(instance, &end, &code);
	if (way->spoil == spoil_meter)
		bank_sell(CAP_METER_NODE);
	return good;
}

static void usage(void)
{
	print("faults all, or one of:");
	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++)
		printf(" %s", ways[i].name);
	print("\n");
}

int main(int argc, char **argv)
{
	u64 good = 0, tried = 0;
	const char *which = argc > 1 ? argv[1] : "all";
	if (argc > 2 && strcmp(which, "child") == 0)
		return be_child(text_argument(argc, argv, 2, 0));
	for (unsigned i = 0; i < ARRAY_SIZE(ways); i++) {
		if (strcmp(which, "all") != 0 &&
		    strcmp(which, ways[i].name) != 0)
			continue;
		tried++;
		good += try(&ways[i]);
	}
	if (!tried)
		usage();
	else
		printf("%lu of %lu faults came to their keeper as expected\n",
		       good, tried);
	return good == tried && tried ? 0 : 1;
}
