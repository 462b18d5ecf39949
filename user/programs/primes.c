/*
 * primes [LAST]: the sieve of Eratosthenes as a pipeline of processes.
 *
 * Each stage holds one prime, drops its multiples, and hands every other
 * number on.  The first number a stage ever gets is its prime; for the first
 * one that passes it, it has the next stage made, by the factory, at run time.
 * It answers before it hands on, so all stages may work at once.  DRAIN goes
 * the other way: answered from the far end back, it says that nothing is on
 * its way any more.
 *
 * STOP ends the pipeline, from its far end back.  A stage's storage counts on
 * the accounts of all before it, so in the end the bank's figures must be what
 * they were in the beginning.
 */
#include <bank.h>
#include <base/fmt.h>
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <factory.h>
#include <invoke.h>
#include <program.h>
#include <text.h>

#define CAP_NEXT 10
#define LAST_DEFAULT 100
#define LAST_MOST 250 /* 53 stages; the bank has 64 accounts */

enum { STOP = 0, DRAIN = 1 }; /* the numbers from 2 on are themselves */

/* Hands a number to the next stage (*next: its instance, 0: none yet), which
   is made if need be.  The answer tells whether it could hand on the last. */
static u64 hand_on(u64 number, u64 *next)
{
	struct start s = { .line = "primes stage", .server = CAP_NEXT };
	if (!*next) {
		TRY(factory_start(&s));
		*next = s.instance;
	}
	return call4(CAP_NEXT, number, 0, 0, 0).w0;
}

/* Returns what went wrong behind here, or RC_OK. */
static u64 stop(u64 *next)
{
	u64 end, code;
	if (!*next)
		return RC_OK;
	TRY(hand_on(STOP, next));
	TRY(factory_wait(*next, &end, &code));
	return end == END_EXIT ? code : RC_STATE;
}

static void announce(u64 prime)
{
	char name[FACTORY_LETTERS + 1];
	fmt_snprintf(name, sizeof(name), "sieve%lu", prime);
	factory_name(name);
	printf("%lu ", prime);
}

/* The number in a message; the sender gets the result of those before it. */
static u64 receive(u64 result, u64 *next)
{
	struct message m = { .resume = CAP_REPLY };
	message_wait(&m);
	u64 number = m.w[0];
	if (number == DRAIN && *next && result == RC_OK)
		result = hand_on(DRAIN, next);
	message_answer(&m, result);
	message_send(CAP_REPLY, &m);
	return number;
}

static u64 be_stage(void)
{
	u64 next = 0, number, result = RC_OK, prime = receive(RC_OK, &next);
	announce(prime);
	while ((number = receive(result, &next)) != STOP)
		if (number != DRAIN && number % prime && result == RC_OK)
			result = hand_on(number, &next);
	u64 behind = stop(&next);
	return result == RC_OK ? behind : result;
}

static void count_storage(u64 used[OK_COUNT])
{
	u64 most;
	for (unsigned kind = 0; kind < OK_COUNT; kind++)
		bank_status(kind, &used[kind], &most);
}

static u64 sieve(u64 last, u64 *next)
{
	for (u64 number = 2; number <= last; number++)
		TRY(hand_on(number, next));
	return *next ? hand_on(DRAIN, next) : RC_OK;
}

static int report(const u64 *before, const u64 *full, const u64 *after)
{
	bool back = memcmp(before, after, OK_COUNT * sizeof(*before)) == 0;
	printf("%lu stages had %lu pages and %lu nodes; ",
	       full[OK_PROCESS] - before[OK_PROCESS],
	       full[OK_PAGE] - before[OK_PAGE],
	       full[OK_NODE] - before[OK_NODE]);
	print(back ? "the bank has all of it back\n"
		   : "SOME OF IT IS NOT BACK\n");
	return !back;
}

int main(int argc, char **argv)
{
	u64 before[OK_COUNT], full[OK_COUNT], after[OK_COUNT], next = 0;
	if (argc > 1 && strcmp(argv[1], "stage") == 0)
		return (int)be_stage();
	u64 last = text_argument(argc, argv, 1, LAST_DEFAULT);
	if (last > LAST_MOST) {
		printf("primes: up to %u only: the bank has no more accounts\n",
		       LAST_MOST);
		return 1;
	}
	count_storage(before);
	u64 result = sieve(last, &next);
	count_storage(full);
	u64 behind = stop(&next);
	count_storage(after);
	print("\n");
	result = result == RC_OK ? behind : result;
	if (result != RC_OK) {
		printf("primes: the pipeline broke: %s\n", result_name(result));
		return 1;
	}
	return report(before, full, after);
}
