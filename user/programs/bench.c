/*
 * bench [ROUNDS]: what the kernel's services cost, from user mode to user mode.
 *
 * Each round is counted alone, from one reading of the cycle counter to the
 * next; what two readings with nothing in between cost is taken off.  Nothing
 * is printed before all is measured, for the console's driver would work on.
 *
 * The others are instances of this program too: `bench echo` answers, `bench
 * take` receives a capability and answers when it had it, `bench yield` gives
 * the hart back.
 */
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <factory.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <program.h>
#include <text.h>

#define CAP_ECHO 10
#define CAP_TAKER 11
#define CAP_YIELDER 12
#define CAP_NUMBER 13
#define ROUNDS 10000
#define ZERO_START 0x40000 /* pages nobody has touched; far behind the bss */
#define ZERO_PAGES ((ZERO_END - ZERO_START) / PAGE_SIZE)

struct figure {
	const char *id, *what;
	u64 (*round)(u64 i); /* cycles one round took */
	u64 most_rounds;     /* or 0: as many as are asked for */
	u64 rounds, sum, least, most;
};

static inline u64 cycle_now(void)
{
	u64 cycle;
	asm volatile("rdcycle %0" : "=r"(cycle) : : "memory");
	return cycle;
}

/* The partners. */

static noreturn void echo(void)
{
	u64 badge;
	struct words m =
		reply_wait4(CAP_VOID, (struct words){ 0 }, CAP_REPLY, &badge);
	for (;;)
		m = reply_wait4(CAP_REPLY, m, CAP_REPLY, &badge);
}

/* One word and a capability in, in the place of the one before; the time out. */
static u64 take_next(u64 word)
{
	register u64 a0 asm("a0") = word;
	register u64 a5 asm("a5") = 0;
	register u64 t0 asm("t0") = 0;
	register u64 a7 asm("a7") =
		CTL_OP(OP_REPLY_WAIT) | CTL_TARGET(CAP_REPLY) |
		CTL_RECV(0, CAP_IN) | CTL_RESUME_IN(CAP_REPLY);
	asm volatile("ecall"
		     : "+r"(a0), "+r"(a5), "+r"(t0), "+r"(a7)
		     :
		     : "ra", "a1", "a2", "a3", "a4", "a6", "t1", "t2", "t3",
		       "t4", "t5", "t6", "memory");
	return cycle_now();
}

static noreturn void take(void)
{
	struct message m = { .receive = { CAP_IN }, .resume = CAP_REPLY };
	message_wait(&m);
	for (u64 now = cycle_now();;)
		now = take_next(now);
}

/* Gives way to the other and is available until that one gives way. */
static void give_way(unsigned to)
{
	u64 badge;
	reply_wait4(to, (struct words){ 0 }, CAP_VOID, &badge);
}

static noreturn void yield(void)
{
	give_way(CAP_VOID);
	for (;;)
		give_way(CAP_GIFT);
}

/* The rounds. */

static u64 round_nothing(u64 i)
{
	(void)i;
	u64 start = cycle_now();
	return cycle_now() - start;
}

/* Sends nothing to nobody: the way in, the way out, and no object. */
static u64 round_null(u64 i)
{
	(void)i;
	u64 start = cycle_now();
	register u64 a5 asm("a5") = 0;
	register u64 a7 asm("a7") = CTL_OP(OP_SEND) | CTL_TARGET(CAP_VOID);
	asm volatile("ecall"
		     : "+r"(a5), "+r"(a7)
		     :
		     : "ra", "a0", "a1", "a2", "a3", "a4", "a6", "t0", "t1",
		       "t2", "t3", "t4", "t5", "t6", "memory");
	return cycle_now() - start;
}

static u64 round_object(u64 i)
{
	u64 start = cycle_now();
	call4(CAP_NUMBER, NUMBER_READ, i, 0, 0);
	return cycle_now() - start;
}

static u64 round_call(u64 i)
{
	u64 start = cycle_now();
	call4(CAP_ECHO, i, 1, 2, 3);
	return cycle_now() - start;
}

static u64 round_cap(u64 i)
{
	u64 start = cycle_now();
	register u64 a0 asm("a0") = i;
	register u64 a5 asm("a5") = 0;
	register u64 t0 asm("t0") = 0;
	register u64 a7 asm("a7") =
		CTL_OP(OP_CALL) | CTL_TARGET(CAP_TAKER) | CTL_SEND(0, CAP_ECHO);
	asm volatile("ecall"
		     : "+r"(a0), "+r"(a5), "+r"(t0), "+r"(a7)
		     :
		     : "ra", "a1", "a2", "a3", "a4", "a6", "t1", "t2", "t3",
		       "t4", "t5", "t6", "memory");
	return a0 - start;
}

static u64 round_yield(u64 i)
{
	(void)i;
	u64 start = cycle_now();
	give_way(CAP_YIELDER);
	return cycle_now() - start;
}

static u64 round_zero_page(u64 i)
{
	volatile char *page = (volatile char *)(ZERO_START + i * PAGE_SIZE);
	u64 start = cycle_now();
	*page = 1;
	return cycle_now() - start;
}

static struct figure figures[] = {
	{ "syscall.null", "null system call", round_null, 0, 0, 0, 0, 0 },
	{ "kobj.min", "smallest call of a kernel object", round_object, 0, 0, 0,
	  0, 0 },
	{ "ipc.general.4w", "call and reply of 4 words", round_call, 0, 0, 0, 0,
	  0 },
	{ "ipc.cap1", "call with a capability, one way", round_cap, 0, 0, 0, 0,
	  0 },
	{ "yield.pair", "to another process and back", round_yield, 0, 0, 0, 0,
	  0 },
	{ "fault.zero", "first touch of a zero page", round_zero_page,
	  ZERO_PAGES, 0, 0, 0, 0 },
};

/* Where time is the host's, some readings are far apart. */
static u64 least_of_nothing(void)
{
	u64 least = ~0ul;
	for (u64 i = 0; i < 100; i++)
		least = MIN(least, round_nothing(i));
	return least;
}

/* The first round is not counted: in it things happen that never do again. */
static void measure(struct figure *f, u64 rounds, u64 nothing)
{
	f->rounds = f->most_rounds ? MIN(rounds, f->most_rounds - 1) : rounds;
	f->least = ~0ul;
	f->round(0);
	for (u64 i = 1; i <= f->rounds; i++) {
		u64 all = f->round(i), cycles = all > nothing ? all - nothing : 0;
		f->sum += cycles;
		f->least = MIN(f->least, cycles);
		f->most = MAX(f->most, cycles);
	}
}

/* Cycles an instruction takes, if the emulator counts them; 0 if it does not. */
static u64 cycles_of_instruction(void)
{
	u64 cycles = 0;
	for (int i = 0; i < 100; i++) {
		u64 start = cycle_now();
		asm volatile("nop; nop; nop; nop; nop; nop; nop; nop");
		u64 now = (cycle_now() - start - round_nothing(0)) / 8;
		if (i && now != cycles)
			return 0;
		cycles = now;
	}
	return cycles;
}

static void report(const struct figure *f, u64 unit)
{
	u64 tenths = f->sum * 10 / (f->rounds * unit);
	printf("%-16s %7lu.%lu %8lu %8lu %6lu  %s\n", f->id, tenths / 10,
	       tenths % 10, f->least / unit, f->most / unit, f->rounds,
	       f->what);
}

static void report_all(void)
{
	u64 unit = cycles_of_instruction();
	if (unit)
		print("In instructions.\n");
	else
		print("In cycles of this emulator, which are no instructions; "
		      "for those: make bench.\n");
	print("                      mean    least     most rounds\n");
	for (unsigned i = 0; i < ARRAY_SIZE(figures); i++)
		report(&figures[i], MAX(unit, 1));
}

static u64 start_partner(const char *line, u8 gift, u8 to)
{
	struct start s = { .line = line, .gift = gift, .server = to };
	return factory_start(&s);
}

/* A number to read, from a node that is bought for that. */
static u64 make_number(void)
{
	TRY(bank_buy(OK_NODE, 0, CAP_NUMBER));
	TRY(node_set_number(CAP_NUMBER, 0, 1));
	return node_get(CAP_NUMBER, 0, CAP_NUMBER);
}

static u64 start_partners(void)
{
	TRY(make_number());
	TRY(factory_self(0, CAP_IN));
	TRY(start_partner("bench echo", CAP_VOID, CAP_ECHO));
	TRY(start_partner("bench take", CAP_VOID, CAP_TAKER));
	return start_partner("bench yield", CAP_IN, CAP_YIELDER);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "echo") == 0)
		echo();
	if (argc > 1 && strcmp(argv[1], "take") == 0)
		take();
	if (argc > 1 && strcmp(argv[1], "yield") == 0)
		yield();
	u64 rounds = MAX(text_argument(argc, argv, 1, ROUNDS), 1);
	u64 result = start_partners();
	if (result != RC_OK) {
		printf("bench: no partners: %s\n", result_name(result));
		return 1;
	}
	u64 nothing = least_of_nothing();
	for (unsigned i = 0; i < ARRAY_SIZE(figures); i++)
		measure(&figures[i], rounds, nothing);
	report_all();
	return 0;
}
