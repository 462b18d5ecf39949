/*
 * Bench: what all harts together get done, at five kinds of work.  A worker
 * for each hart goes on for ever; the main process, which sleeps meanwhile,
 * counts what they have done in a stretch of time, and prints a line:
 *
 *	kind operations least-of-a-worker cycles ticks transactions restarts
 *	serialized waits-for-the-discipline waits-for-objects other-waits
 *
 * Transactions, and what became of them, are those of a little longer a time.
 * Everything is static data of one space, a cache line for each worker.
 */
#include "thread.h"

#define WORKERS_MAX 9
#define KIT_WINDOW KIT_SEED /* number: how long, in microseconds */
#define WARM (500 * TICKS_PER_US)
#define WAITS 3 /* kinds of locks that are waited for */

static struct {
	u64 done;
} __attribute__((aligned(64))) work[WORKERS_MAX];

static inline void did(u64 me)
{
	store(&work[me].done, work[me].done + 1);
}

/* The workers: w0 is which one; a node, or whom they send to, is in A. */

static void set_slots(u64 me, u64 w1, u64 w2, u64 w3)
{
	(void)w1, (void)w2, (void)w3;
	for (;; did(me))
		node_set(CAP_A, (unsigned)me, CAP_VOID);
}

static void get_slots(u64 me, u64 w1, u64 w2, u64 w3)
{
	(void)w1, (void)w2, (void)w3;
	for (;; did(me))
		node_get(CAP_A, (unsigned)me, CAP_TMP);
}

static void send_on(u64 me, u64 w1, u64 w2, u64 w3)
{
	const struct message m = { .w = { me } };
	(void)w1, (void)w2, (void)w3;
	for (;;)
		message_send(CAP_A, &m);
}

static void receive(u64 me, u64 w1, u64 w2, u64 w3)
{
	struct message m = { 0 };
	(void)w1, (void)w2, (void)w3;
	for (;; did(me))
		message_wait(&m);
}

static void call(u64 me, u64 w1, u64 w2, u64 w3)
{
	(void)w1, (void)w2, (void)w3;
	for (;; did(me))
		call4(CAP_A, me, 0, 0, 0);
}

static void serve(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct words out = { 0 };
	u64 badge;
	(void)w0, (void)w1, (void)w2, (void)w3;
	for (;;)
		reply_wait4(CAP_E, out, CAP_E, &badge);
}

/* Setting up: the worker in B, which gets what is in C as its A. */

static void worker_make(void (*function)(u64, u64, u64, u64))
{
	thread_new(function, MAIN_PRIORITY - 1, CAP_B);
}

static void worker_go(u64 me)
{
	CHECK_OK(process_set_cap(CAP_B, CAP_A, CAP_C));
	thread_send(CAP_B, me, 0, 0, 0);
}

static void worker_start(void (*function)(u64, u64, u64, u64), u64 me)
{
	worker_make(function);
	worker_go(me);
}

static void start_private(u64 workers)
{
	for (u64 i = 0; i < workers; i++) {
		node_new(SPAN_MIN, CAP_C);
		worker_start(set_slots, i);
	}
}

static void start_reads(u64 workers)
{
	node_new(SPAN_MIN, CAP_C);
	for (u64 i = 0; i < workers; i++)
		worker_start(get_slots, i);
}

static void start_writes(u64 workers)
{
	node_new(SPAN_MIN, CAP_C);
	for (u64 i = 0; i < workers; i++)
		worker_start(set_slots, i);
}

/* One that receives for one that sends: a pair for each two harts. */
static void start_pairs(u64 workers)
{
	for (u64 i = 0; i < workers; i += 2) {
		worker_make(receive);
		CHECK_OK(process_make_start(CAP_B, 0, CAP_C));
		thread_send(CAP_B, i, 0, 0, 0);
		worker_start(send_on, i + 1);
	}
}

/* A client for each hart, and the server. */
static void start_server(u64 workers)
{
	worker_make(serve);
	CHECK_OK(process_make_start(CAP_B, 0, CAP_C));
	for (u64 i = 0; i < workers; i++)
		worker_start(call, i);
}

static const struct kind {
	const char *name;
	void (*start)(u64 workers);
	unsigned idle; /* of each that many workers one is counted */
} kinds[] = {
	{ "private", start_private, 1 }, { "reads", start_reads, 1 },
	{ "writes", start_writes, 1 },   { "pairs", start_pairs, 2 },
	{ "server", start_server, 1 },
};

/* Counting. */

struct counts {
	u64 done[WORKERS_MAX];
	u64 cycles, ticks;
	u64 transactions, restarts, serialized;
	u64 waits[WAITS];
};

static u64 cycles(void)
{
	u64 cycle;
	asm volatile("rdcycle %0" : "=r"(cycle));
	return cycle;
}

static void count_waits(struct counts *c)
{
	static const char *const names[] = { "serialization", "object" };
	struct inspect_lock l;
	for (u64 i = 0, at = 0; inspect(CAP_D, INSPECT_LOCK, &at, 0, &l,
					sizeof(l)) == RC_OK;
	     at = ++i) {
		unsigned which = 0;
		while (which < WAITS - 1 && strcmp(l.name, names[which]) != 0)
			which++;
		c->waits[which] += l.spins;
	}
}

static void count_work(struct counts *c)
{
	c->ticks = time_now();
	c->cycles = cycles();
	for (u64 i = 0; i < WORKERS_MAX; i++)
		c->done[i] = load(&work[i].done);
}

static void count_transactions(struct counts *c)
{
	struct inspect_machine m;
	u64 at = 0;
	CHECK_OK(inspect(CAP_D, INSPECT_MACHINE, &at, 0, &m, sizeof(m)));
	c->transactions = m.transactions;
	c->restarts = m.restarts;
	c->serialized = m.serialized;
	count_waits(c);
}

static void print_difference(const struct kind *k, u64 workers,
			     const struct counts *a, const struct counts *b)
{
	u64 sum = 0, least = ~0ul;
	for (u64 i = 0; i < workers; i += k->idle) {
		u64 done = b->done[i] - a->done[i];
		sum += done;
		least = MIN(least, done);
	}
	printf("%s %lu %lu %lu %lu %lu %lu %lu", k->name, sum, least,
	       b->cycles - a->cycles, b->ticks - a->ticks,
	       b->transactions - a->transactions, b->restarts - a->restarts,
	       b->serialized - a->serialized);
	for (unsigned i = 0; i < WAITS; i++)
		printf(" %lu", b->waits[i] - a->waits[i]);
	printf("\n");
}

static void measure(const struct kind *k, u64 workers, u64 window)
{
	struct counts before = { 0 }, after = { 0 };
	k->start(workers);
	time_wait_until(time_now() + WARM);
	/* Looking up takes a while, and one hart from its worker: so it is
	   done before the stretch and behind it. */
	count_transactions(&before);
	count_work(&before);
	time_wait_until(before.ticks + window);
	count_work(&after);
	count_transactions(&after);
	test_clean_up();
	print_difference(k, workers, &before, &after);
}

int main(void)
{
	u64 window;
	if (__builtin_setjmp(test.back))
		test_end(100);
	CHECK_OK(kit(KIT_INSPECTOR, CAP_D));
	CHECK_OK(kit(KIT_WINDOW, CAP_TMP));
	CHECK_OK(number_read(CAP_TMP, &window));
	for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
		measure(&kinds[i], hart_total(), window * TICKS_PER_US);
	test_end(0);
}
