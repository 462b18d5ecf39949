/*
 * Lab 1: the worrier is served while every hart idles.
 *
 * Three callers stall on a busy server.  When it becomes available the first
 * is woken; it is stopped before it can try again, and nobody else runs from
 * then on.  Only the worrier can wake the others.
 */
#include "lab01user.h"

#include <console.h>
#include <invoke.h>
#include <object.h>

#define CAP_SERVER 10
#define CAP_FIRST 11 /* the caller that is stopped */
#define CAP_RESUME 12
#define CALLERS 3

/* Often enough for a worrier that looks four times a second. */
#define PATIENCE (2 * TICKS_PER_S)

static void sleep(u64 ticks)
{
	time_wait_until(time_now() + ticks);
}

static u64 count_served(void)
{
	u64 n = 0;
	for (int i = 0; i < CALLERS; i++)
		n += board->mark[i] != 0;
	return n;
}

int main(void)
{
	struct message busy = { .w = { TICKS_PER_MS } };
	printf("KTAP version 1\n1..1\n");
	message_send(CAP_SERVER, &busy);
	sleep(TICKS_PER_MS / 2); /* meanwhile the callers stall */
	wait_until(cycle_now() + TICKS_PER_MS * CYCLES_PER_TICK);
	process_stop(CAP_FIRST, CAP_RESUME);
	u64 before = count_served();
	sleep(PATIENCE);
	bool right = before == 0 && board->mark[0] == 0 &&
		     board->mark[1] && board->mark[2];
	if (!right)
		printf("# expected: the second and the third caller to be "
		       "served while all harts idle\n# happened: %lu of them "
		       "were, after %lu at once\n", count_served() - before,
		       before);
	printf("%sok 1 the worrier is served\n", right ? "" : "not ");
	finish(right);
	return 0;
}
