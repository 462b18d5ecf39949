/*
 * Lab 1: an interrupt at every instruction of a kernel entry.
 *
 * An interrupt is ordered for a cycle that is known, and the entry is begun so
 * many instructions before it: first none, then one more each time, until the
 * interrupt comes when all is over.  Each time the process that waits for the
 * interrupt must be woken, once and soon.  It has a higher priority, so where
 * the interrupt finds this process in the kernel, the other is to be woken on
 * the way out.
 */
#include "lab01user.h"

#include <caps.h>
#include <console.h>
#include <invoke.h>
#include <object.h>

#define CAP_NUMBER 9
#define CAP_SERVER 10  /* of the driver's priority */
#define CAP_SLOW 11    /* of a lower priority than this */
#define CAP_SLEEPER 12
#define CAP_LEAF 13    /* the node that holds the spare page */
#define CAP_SPACE 14
#define CAP_PAGE 15

#define SPARE 0xd0000
/* All in instructions. */
#define BEFORE 40     /* offsets swept before an entry */
#define BEHIND 80     /* and behind it */
#define OWN_WAIT 2500 /* a wait, from entry to idle */
#define BOTH 1500     /* an interrupt, from the handler to user mode */

static void touch(void)
{
	device_read8(SPARE);
}

static void unmap(void)
{
	node_set(CAP_LEAF, LEAF_SLOT(SPARE), CAP_PAGE);
}

static void remap(void)
{
	unmap();
	touch();
}

static void nothing(void)
{
}

static void call_object(void)
{
	call4(CAP_NUMBER, NUMBER_READ, 0, 0, 0);
}

static void call_process(void)
{
	call4(CAP_SERVER, 0, 0, 0, 0);
}

/* It has not yet received the first when the second comes. */
static void stall(void)
{
	struct message m = { 0 };
	message_send(CAP_SLOW, &m);
	call4(CAP_SLOW, 0, 0, 0, 0);
}

static void sleep(void)
{
	time_wait_until(cycle_now() / CYCLES_PER_TICK + 20);
}

/* Who begins the entry, and when the interrupt comes. */
enum way {
	HERE,      /* this process */
	BY_ITSELF, /* the one that waits for the interrupt: its own wait */
	TOGETHER,  /* nobody: the other source interrupts first */
};

static const struct kind {
	const char *name;
	enum way way;
	u64 length; /* offsets to sweep; 0: measured */
	void (*prepare)(void);
	void (*act)(void);
} kinds[] = {
	{ "a call of a kernel object", HERE, 0, nothing, call_object },
	{ "a call of a process and its answer", HERE, 0, nothing, call_process },
	{ "a stall on a ring and the wakeup", HERE, 0, nothing, stall },
	{ "a timed wait and idling", HERE, 0, nothing, sleep },
	{ "a page fault", HERE, 0, unmap, touch },
	{ "a change of a mapping", HERE, 0, remap, unmap },
	{ "the wait for the interrupt", BY_ITSELF, OWN_WAIT, nothing, nothing },
	{ "another interrupt", TOGETHER, BOTH, nothing, nothing },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The kind at hand, and what interrupts it: kinds KINDS on are the same by
   the timer. */
static const struct kind *kind;
static enum source source;

static void order(enum source s, u64 cycle)
{
	struct message m = { .w = { cycle / CYCLES_PER_TICK } };
	set_due(s, cycle);
	if (s == BY_TIMER)
		message_send(CAP_SLEEPER, &m);
	else
		rtc_alarm_at(cycle);
}

/* Only the device can be a few instructions late, or early. */
static void order_both(u64 tick, u64 offset)
{
	u64 cycles = offset * board->step;
	order(BY_TIMER, tick);
	order(BY_DEVICE, source == BY_DEVICE ? tick + cycles : tick - cycles);
}

/* One interrupt, `offset` instructions after the entry began. */
static void interrupt(u64 offset)
{
	u64 due = some_tick_ahead();
	board->waiter[source].by_itself = kind->way == BY_ITSELF;
	if (kind->way == TOGETHER) { /* two orders take longer than one */
		order_both(due + LEAD * board->step, offset);
		return;
	}
	order(source, due);
	if (kind->way == HERE)
		arrive_before(source, offset);
	kind->act();
}

static void wait_for(u64 wakes)
{
	volatile struct waiter *w = &board->waiter[source];
	while (w->wakes < wakes &&
	       cycle_now() < w->due + 2 * board->prompt * board->step)
		;
}

/* What went wrong, or NULL. */
static const char *judge(u64 wakes)
{
	volatile struct waiter *w = &board->waiter[source];
	if (w->wakes < wakes)
		return "was not woken";
	if (w->wakes > wakes)
		return "was woken twice";
	if (w->woken < w->due)
		return "was woken before the interrupt";
	if (w->latency > board->prompt)
		return "was woken too late";
	return NULL;
}

static const char *try(u64 offset)
{
	u64 wakes = board->waiter[source].wakes + 1;
	if (kind->way == BY_ITSELF && source == BY_DEVICE)
		wakes++; /* it is woken to begin */
	board->offset = offset;
	kind->prepare();
	interrupt(offset);
	wait_for(wakes);
	return judge(wakes);
}

/* Instructions that the entry takes when nothing comes in between. */
static u64 measure(void)
{
	u64 cycles = 0;
	for (int i = 0; i < 3; i++) {
		kind->prepare();
		u64 start = cycle_now();
		kind->act();
		cycles = cycle_now() - start;
	}
	return BEFORE + cycles / board->step + BEHIND;
}

static const char *sweep(volatile struct kind_result *r)
{
	u64 first = board->only ? board->only - 1 : 0;
	const char *wrong = NULL;
	r->last = kind->length ? kind->length : measure();
	if (board->only)
		r->last = first;
	try(LEAD / 2); /* whatever happens for the first time only */
	for (int mode = 0; mode < 2; mode++)
		r->kept[mode].longest = 0;
	for (u64 at = first; at <= r->last && !wrong; at += board->stride) {
		wrong = try(at);
		r->done += !wrong;
		if (!wrong)
			r->longest = MAX(r->longest,
					 board->waiter[source].latency);
	}
	return wrong;
}

static bool report(u64 number, const char *wrong)
{
	const char *by = source == BY_DEVICE ? "a device" : "the timer";
	if (wrong)
		printf("# expected: the %s to be woken once, within %lu "
		       "instructions\n# happened: %s interrupted by %s at "
		       "instruction %lu: it %s (%ld instructions)\n",
		       source == BY_DEVICE ? "driver" : "sleeper", board->prompt,
		       kind->name, by, board->offset, wrong,
		       board->waiter[source].latency);
	printf("%sok %lu %s, by %s\n", wrong ? "not " : "", number, kind->name,
	       by);
	return !wrong;
}

int main(void)
{
	bool right = true;
	u64 number = 1, wanted = board->kinds & ((1ul << 2 * KINDS) - 1);
	board->least[0] = board->least[1] = ~0ul;
	node_get(CAP_SPACE, ROOT_SLOT(SPARE), CAP_LEAF);
	printf("KTAP version 1\n1..%lu\n", count_bits(wanted));
	for (u64 i = 0; i < 2 * KINDS && right; i++) {
		if (!(wanted & 1ul << i))
			continue;
		kind = &kinds[i % KINDS];
		source = i / KINDS ? BY_TIMER : BY_DEVICE;
		board->kind = i;
		right = report(number++, sweep(&board->result[i]));
	}
	finish(right);
	return 0;
}
