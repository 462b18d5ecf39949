/*
 * dinner [PHILOSOPHERS [MEALS]] [-bad]: the dining philosophers.
 *
 * Philosophers and forks are processes.  A fork is a server that answers by
 * *calling* the resume capability it was called with: so it waits, and is not
 * available, until the philosopher who has it answers in his turn, which is
 * how he puts it down.  Who calls it meanwhile stalls on its ring, first come,
 * first served; `queues` and `ps` show him there.
 *
 * Everyone takes the fork of the lower number first, so nobody who holds one
 * waits for a lower one, and no circle of waiting can close.  With -bad each
 * takes the one on his left first, and waits until all have: it closes.
 */
#include <abi/types.h>
#include <base/fmt.h>
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <factory.h>
#include <invoke.h>
#include <object.h>
#include <program.h>
#include <text.h>

#define SEATS_MOST 7
#define MEALS_MOST 1000
#define MEAL (10 * TICKS_PER_MS)
#define TURNS 8 /* that a fork remembers */

enum dinner_register {
	CAP_TABLE = 10, /* a node: see below */
	CAP_CALLED = 11,
	CAP_HELD = 12, /* two: resume capabilities of the forks held */
};

/* The table, which the host makes and all philosophers share. */
enum table_slot {
	TABLE_FORKS = 0,           /* start capabilities */
	TABLE_GUESTS = SEATS_MOST, /* resume capabilities of those who
	                                       wait for the host */
	TABLE_HOST = 2 * SEATS_MOST,
};

static const char *const names[SEATS_MOST] = {
	"Plato", "Hypatia", "Laozi", "Hume", "Arendt", "Kant", "Russell",
};

/*
 * Callers say when they asked.  The answer tells how many of the last ones
 * served had asked later: how often the caller was overtaken.
 */
static noreturn void be_fork(void)
{
	struct message m = { .resume = CAP_REPLY };
	u64 turns[TURNS] = { 0 };
	for (u64 turn = 0;; turn++) {
		message_wait(&m);
		u64 asked = m.w[0], overtaken = 0;
		for (unsigned i = 0; i < TURNS; i++)
			overtaken += turns[i] > asked;
		turns[turn % TURNS] = asked;
		message_answer(&m, RC_OK);
		m.w[1] = overtaken;
		message_call(CAP_REPLY, &m);
	}
}

/* Takes a fork into one of his hands, 0 or 1; returns as above. */
static u64 take(u64 fork, unsigned hand)
{
	struct message m = { .resume = (u8)(CAP_HELD + hand) };
	node_get(CAP_GIFT, TABLE_FORKS + (unsigned)fork, CAP_CALLED);
	m.w[0] = time_now();
	message_call(CAP_CALLED, &m);
	return m.w[1];
}

static void put_down(unsigned hand)
{
	message_send(CAP_HELD + hand, &(struct message){ .w = { RC_OK } });
}

/* The host answers when everybody holds a fork. */
static void wait_for_the_others(void)
{
	node_get(CAP_GIFT, TABLE_HOST, CAP_CALLED);
	call4(CAP_CALLED, 0, 0, 0, 0);
}

static u64 eat(const char *name, const u64 fork[2], bool bad)
{
	u64 first = take(fork[0], 0), second;
	if (bad) {
		printf("%s has fork %lu and wants fork %lu\n", name, fork[0],
		       fork[1]);
		wait_for_the_others();
	}
	second = take(fork[1], 1);
	printf("%s eats\n", name);
	time_wait_until(time_now() + MEAL);
	put_down(1);
	put_down(0);
	return MAX(first, second);
}

/* Command line: dinner sit SEAT SEATS MEALS BAD.  He is hungry again at once;
   his exit code is how often he was overtaken, at most, in one wait. */
static noreturn void be_philosopher(int argc, char **argv)
{
	u64 seat = text_argument(argc, argv, 2, 0) % SEATS_MOST;
	u64 seats = text_argument(argc, argv, 3, 2), next = (seat + 1) % seats;
	u64 meals = text_argument(argc, argv, 4, 1), most = 0;
	bool bad = text_argument(argc, argv, 5, 0) != 0;
	u64 fork[2] = { bad ? seat : MIN(seat, next),
			bad ? next : MAX(seat, next) };
	factory_name(names[seat]);
	for (u64 i = 0; i < meals; i++) {
		u64 overtaken = eat(names[seat], fork, bad);
		most = MAX(most, overtaken);
	}
	program_exit(most);
}

/* The host. */

static u64 lay_table(u64 seats)
{
	struct start s = { .server = CAP_CALLED };
	char line[32];
	TRY(bank_buy(OK_NODE, 0, CAP_TABLE));
	TRY(factory_self(0, CAP_CALLED));
	TRY(node_set(CAP_TABLE, TABLE_HOST, CAP_CALLED));
	for (u64 i = 0; i < seats; i++) {
		fmt_snprintf(line, sizeof(line), "dinner fork %lu", i);
		s.line = line;
		TRY(factory_start(&s));
		TRY(node_set(CAP_TABLE, TABLE_FORKS + (unsigned)i, CAP_CALLED));
	}
	return RC_OK;
}

static u64 seat_guests(u64 seats, u64 meals, bool bad, u64 *guests)
{
	struct start s = { .gift = CAP_TABLE };
	char line[32];
	for (u64 i = 0; i < seats; i++) {
		fmt_snprintf(line, sizeof(line), "dinner sit %lu %lu %lu %u", i,
			     seats, meals, bad);
		s.line = line;
		TRY(factory_start(&s));
		guests[i] = s.instance;
	}
	return RC_OK;
}

/* Once all of them hold one fork, they all reach for the other. */
static void close_circle(u64 seats)
{
	struct message m = { .resume = CAP_REPLY };
	for (unsigned i = 0; i < seats; i++) {
		message_wait(&m);
		node_set(CAP_TABLE, TABLE_GUESTS + i, CAP_REPLY);
	}
	print("Everybody waits for a neighbour, and will for ever: see "
	      "`queues`.\nCtrl-C ends it, or `kill`.\n");
	message_answer(&m, RC_OK);
	for (unsigned i = 0; i < seats; i++) {
		node_get(CAP_TABLE, TABLE_GUESTS + i, CAP_REPLY);
		message_send(CAP_REPLY, &m);
	}
}

static int see_them_off(u64 seats, u64 meals, const u64 *guests)
{
	u64 overtaken = 0, end, code;
	for (u64 i = 0; i < seats; i++) {
		if (factory_wait(guests[i], &end, &code) != RC_OK ||
		    end != END_EXIT) {
			printf("%s left early\n", names[i]);
			return 1;
		}
		overtaken = MAX(overtaken, code);
	}
	printf("%lu philosophers had %lu meals each; overtaken in one wait, at "
	       "most: %lu times\n",
	       seats, meals, overtaken);
	print(overtaken <= 1 ? "fair\n" : "UNFAIR\n");
	return overtaken > 1;
}

int main(int argc, char **argv)
{
	u64 guests[SEATS_MOST];
	if (argc > 2 && strcmp(argv[1], "fork") == 0) {
		char name[] = "fork0";
		name[4] = argv[2][0];
		factory_name(name);
		be_fork();
	}
	if (argc > 1 && strcmp(argv[1], "sit") == 0)
		be_philosopher(argc, argv);
	bool bad = strcmp(argv[argc - 1], "-bad") == 0;
	argc -= bad;
	u64 seats = MIN(MAX(text_argument(argc, argv, 1, 5), 2ul), SEATS_MOST);
	u64 meals = MIN(text_argument(argc, argv, 2, 3), MEALS_MOST);
	u64 result = lay_table(seats);
	if (result == RC_OK)
		result = seat_guests(seats, meals, bad, guests);
	if (result != RC_OK) {
		printf("dinner: no room for so many: %s\n",
		       result_name(result));
		return 1;
	}
	if (bad)
		close_circle(seats);
	return see_them_off(seats, meals, guests);
}
