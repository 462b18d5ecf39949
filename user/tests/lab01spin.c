/*
 * Lab 1: on a message (until which cycle, who) keeps a hart busy until then,
 * and writes down when it had it.
 */
#include "lab01user.h"

#include <invoke.h>

/* Instructions it may miss without having lost the hart. */
#define GAP 100

static volatile struct slice *new_slice(u64 who, u64 now)
{
	u64 i = __atomic_fetch_add(&board->slices, 1, __ATOMIC_RELAXED);
	volatile struct slice *s = &board->slice[i % SLICES_MAX];
	s->who = who;
	s->from = now;
	s->to = now;
	return s;
}

static void spin(u64 until, u64 who)
{
	u64 last = cycle_now();
	volatile struct slice *s = new_slice(who, last);
	while (last < until) {
		u64 now = cycle_now();
		if (now > last + GAP * board->step)
			s = new_slice(who, now);
		s->to = now;
		last = now;
	}
}

int main(void)
{
	for (;;) {
		struct message m = { 0 };
		message_wait(&m);
		spin(m.w[0], m.w[1]);
	}
}
