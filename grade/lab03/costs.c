/*
 * Lab 3: what locks cost that nobody else wants, in ticks of a loop; before
 * any process runs.  Ends the machine; the grader reads the figures from
 * outside, in the order of enum cost.
 */
#include <boot/scenario.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/platform.h>
#include <lock/mrow.h>

#define ROUNDS 20000
#define MANY 8

enum cost {
	NOTHING,
	RELEASE,    /* of nothing */
	READ,       /* and its release */
	MANY_READS, /* of different objects, and their release */
	READ_AGAIN, /* a read, another of the same, and the release */
	WRITE,
	REFUSED,    /* a try of what another hart writes */
	COST_COUNT,
};

/* Not static: the grader reads them from outside. */
u64 lock_costs[COST_COUNT];
u64 lock_cost_rounds = ROUNDS;

static struct mrow lock[MANY], taken;

static void nothing(void)
{
}

static void read(void)
{
	mrow_try_read(&lock[0]);
	mrow_release_all();
}

static void many_reads(void)
{
	for (u32 i = 0; i < MANY; i++)
		mrow_try_read(&lock[i]);
	mrow_release_all();
}

static void read_again(void)
{
	mrow_try_read(&lock[0]);
	mrow_try_read(&lock[0]);
	mrow_release_all();
}

static void write(void)
{
	mrow_try_write(&lock[0]);
	mrow_release_all();
}

static void refused(void)
{
	mrow_try_read(&taken);
}

/* In the name of another hart, which does not run. */
static void take_elsewhere(void)
{
	struct hart *h = hart_self();
	h->id++;
	mrow_try_write(&taken);
	mrow_keep(&taken);
	h->id--;
}

static void measure(enum cost what, void (*f)(void))
{
	void (*volatile call)(void) = f;
	u64 from = time_now();
	for (u32 i = 0; i < ROUNDS; i++)
		call();
	lock_costs[what] = time_now() - from;
}

void scenario_boot(void)
{
	take_elsewhere();
	measure(NOTHING, nothing);
	measure(RELEASE, mrow_release_all);
	measure(READ, read);
	measure(MANY_READS, many_reads);
	measure(READ_AGAIN, read_again);
	measure(WRITE, write);
	measure(REFUSED, refused);
	platform_exit(0);
}
