/*
 * stall [N]: N clients call one slow server, all at once, and stall until
 * their turn comes.  Prints when each came and which turn it had.  Look at
 * `ps` or `queues` meanwhile, with `stall 8 &`.
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

#define CAP_SERVER 10
#define CLIENTS_MAX 40
#define DEFAULT_CLIENTS 8
#define SERVICE_TIME (50 * TICKS_PER_MS)

struct client {
	u64 instance, turn, came;
};

/* Takes its time; answers which turn it was. */
static noreturn void serve(void)
{
	u64 badge, turn = 0;
	struct words m =
		reply_wait4(CAP_VOID, (struct words){ 0 }, CAP_REPLY, &badge);
	for (;;) {
		time_wait_until(time_now() + SERVICE_TIME);
		m.w0 = ++turn;
		m = reply_wait4(CAP_REPLY, m, CAP_REPLY, &badge);
	}
}

/* Its exit code tells its turn, and when it came. */
static noreturn void be_client(void)
{
	u64 came = time_now();
	u64 turn = call4(CAP_GIFT, 0, 0, 0, 0).w0;
	program_exit(came * (CLIENTS_MAX + 1) + turn);
}

static bool start_clients(u64 count, struct client *clients)
{
	struct start s = { .line = "stall client", .gift = CAP_SERVER };
	for (u64 i = 0; i < count; i++) {
		u64 result = factory_start(&s);
		if (result != RC_OK) {
			printf("stall: client %lu was not started: %s\n", i + 1,
			       result_name(result));
			return false;
		}
		clients[i].instance = s.instance;
	}
	return true;
}

/* Waits for all; turn 0 stays with who did not end by itself. */
static void collect(u64 count, struct client *clients)
{
	for (u64 i = 0; i < count; i++) {
		u64 end, code;
		factory_wait(clients[i].instance, &end, &code);
		if (end != END_EXIT)
			continue;
		clients[i].turn = code % (CLIENTS_MAX + 1);
		clients[i].came = code / (CLIENTS_MAX + 1);
	}
}

/* How many were served in the turn in which they came. */
static u64 count_fair(u64 count, const struct client *clients)
{
	u64 fair = 0;
	for (u64 i = 0; i < count; i++) {
		u64 before = 0;
		for (u64 j = 0; j < count; j++)
			before += clients[j].came < clients[i].came;
		fair += clients[i].turn == before + 1;
	}
	return fair;
}

static void report(u64 count, u64 began, const struct client *clients)
{
	for (u64 turn = 1; turn <= count; turn++)
		for (u64 i = 0; i < count; i++) {
			if (clients[i].turn != turn)
				continue;
			u64 us = (clients[i].came - began) / TICKS_PER_US;
			printf("turn %2lu: client %2lu, came at %4lu.%03lu "
			       "ms\n",
			       turn, i + 1, us / 1000, us % 1000);
		}
	u64 fair = count_fair(count, clients);
	printf("%lu of %lu were served in the order they came\n", fair, count);
	if (fair < count)
		printf("The others looked at the clock, and were passed before "
		       "they had called.\n");
}

int main(int argc, char **argv)
{
	static struct client clients[CLIENTS_MAX];
	struct start server = { .line = "stall serve", .server = CAP_SERVER };
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		serve();
	if (argc > 1 && strcmp(argv[1], "client") == 0)
		be_client();
	u64 count =
		MIN(text_argument(argc, argv, 1, DEFAULT_CLIENTS), CLIENTS_MAX);
	u64 result = factory_start(&server);
	if (result != RC_OK) {
		printf("stall: no server to call: %s\n", result_name(result));
		return 1;
	}
	u64 began = time_now();
	if (!start_clients(count, clients))
		return 1;
	collect(count, clients);
	report(count, began, clients);
	return 0;
}
