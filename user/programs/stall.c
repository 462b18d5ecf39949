/*
 * stall [N]: N clients call one slow server, all at once, and stall until
 * their turn comes.  Prints the order in which they came and were served.
 * Look at `ps` or `queues` meanwhile, with `stall 8 &`.
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

/* Takes its time; answers which turn it was. */
static noreturn void serve(void)
{
	u64 badge, turn = 0;
	struct words m = reply_wait4(CAP_VOID, (struct words){ 0 }, CAP_REPLY,
				     &badge);
	for (;;) {
		time_wait_until(time_now() + SERVICE_TIME);
		m.w0 = ++turn;
		m = reply_wait4(CAP_REPLY, m, CAP_REPLY, &badge);
	}
}

/* Its exit code tells its turn. */
static int be_client(void)
{
	return (int)call4(CAP_GIFT, 0, 0, 0, 0).w0;
}

static bool start_clients(u64 count, u64 *instances)
{
	struct start s = { .line = "stall client", .gift = CAP_SERVER };
	for (u64 i = 0; i < count; i++) {
		u64 result = factory_start(&s);
		if (result != RC_OK) {
			printf("stall: client %lu was not started: %s\n", i + 1,
			       result_name(result));
			return false;
		}
		instances[i] = s.instance;
	}
	return true;
}

static int report(u64 count, const u64 *instances)
{
	u64 end, turn, in_order = 0;
	for (u64 i = 0; i < count; i++) {
		factory_wait(instances[i], false, &end, &turn);
		printf("client %2lu was served %2lu%s\n", i + 1, turn,
		       end == END_EXIT ? "" : " (it did not end well)");
		in_order += end == END_EXIT && turn == i + 1;
	}
	printf("%lu of %lu in the order they were started\n", in_order, count);
	return 0;
}

int main(int argc, char **argv)
{
	static u64 instances[CLIENTS_MAX];
	struct start server = { .line = "stall serve", .server = CAP_SERVER };
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		serve();
	if (argc > 1 && strcmp(argv[1], "client") == 0)
		return be_client();
	u64 count = MIN(text_argument(argc, argv, 1, DEFAULT_CLIENTS), CLIENTS_MAX);
	u64 result = factory_start(&server);
	if (result != RC_OK) {
		printf("stall: no server to call: %s\n", result_name(result));
		return 1;
	}
	return start_clients(count, instances) ? report(count, instances) : 1;
}
