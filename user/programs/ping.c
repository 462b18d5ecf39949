/*
 * ping [N]: N round trips of four words to another process and back.
 *
 * The other one is an instance of this program too, started as `ping serve`.
 */
#include <abi/types.h>
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <factory.h>
#include <invoke.h>
#include <object.h>
#include <program.h>
#include <text.h>

#define CAP_SERVER 10

/* Answers each message with its first word counted on. */
static noreturn void serve(void)
{
	u64 badge;
	struct words m =
		reply_wait4(CAP_VOID, (struct words){ 0 }, CAP_REPLY, &badge);
	for (;;) {
		m.w0++;
		m = reply_wait4(CAP_REPLY, m, CAP_REPLY, &badge);
	}
}

/* Returns the number of trips after which an answer was wrong, or `count`. */
static u64 travel(u64 count)
{
	for (u64 i = 0; i < count; i++)
		if (call4(CAP_SERVER, i, 0, 0, 0).w0 != i + 1)
			return i;
	return count;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		serve();
	u64 count = text_argument(argc, argv, 1, 10000);
	struct start s = { .line = "ping serve", .server = CAP_SERVER };
	u64 result = factory_start(&s);
	if (result != RC_OK || count == 0) {
		printf("ping: no partner to talk to: %s\n",
		       result_name(result));
		return 1;
	}
	travel(1); /* until then it may still be starting */
	u64 start = time_now(), done = travel(count),
	    ticks = time_now() - start;
	if (done != count) {
		printf("ping: wrong answer after %lu round trips\n", done);
		return 1;
	}
	u64 ns = ticks * 1000 / (TICKS_PER_US * count);
	printf("%lu round trips in %lu ms: %lu.%03lu us each\n", count,
	       ticks / TICKS_PER_MS, ns / 1000, ns % 1000);
	return 0;
}
