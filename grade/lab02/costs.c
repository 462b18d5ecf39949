/*
 * Lab 2: what a pin costs, next to a read lock and to what one would pay for
 * ageing in batches, in ticks of a loop.  Prints "cost NAME TICKS ROUNDS" and
 * ends the machine.
 */
#include <boot/scenario.h>
#include <diag/log.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/platform.h>
#include <obj/pin.h>

#define ROUNDS 100000

static struct atomic32 under_way, batch;

static void nothing(struct obj *o)
{
	(void)o;
}

static void pins(struct obj *o)
{
	pin(o, 0);
}

static void read_lock(struct obj *o)
{
	mrow_try_read(&o->lock);
	mrow_release_all();
}

/* A read lock among others: it is looked for among what is held. */
static void sixth_read_lock(struct obj *o)
{
	for (u32 i = 0; i < 6; i++)
		mrow_try_read(&o[i].lock);
	mrow_release_all();
}

static void five_read_locks(struct obj *o)
{
	for (u32 i = 0; i < 5; i++)
		mrow_try_read(&o[i].lock);
	mrow_release_all();
}

static void begin_and_end(struct obj *o)
{
	(void)o;
	pins_begin(hart_self());
	pins_end(hart_self());
}

/* What every transaction would do instead: say that it is under way, see which
   batch this is, look again before its commit point, and say that it is done. */
static void look_for_batch(struct obj *o)
{
	(void)o;
	atomic32_store_relaxed(&under_way, 1);
	fence_full();
	u32 which = atomic32_load_acquire(&batch);
	if (atomic32_load_acquire(&batch) != which)
		txn_restart();
	atomic32_store_release(&under_way, 0);
}

static void holders(struct obj *o)
{
	pin_holders(o);
}

static void measure(const char *name, void (*f)(struct obj *), struct obj *o)
{
	void (*volatile call)(struct obj *) = f;
	u64 from = time_now();
	for (u32 i = 0; i < ROUNDS; i++)
		call(o);
	log_printf("cost %s %lu %u\n", name, time_now() - from, ROUNDS);
}

void scenario_boot(void)
{
	static struct obj some[6];
	some[0].oid = 0;
	for (u32 i = 0; i < 6; i++)
		atomic32_store_relaxed(&some[i].residency, OBJ_HERE);
	measure("nothing", nothing, some);
	measure("pin", pins, some);
	measure("read", read_lock, some);
	measure("five", five_read_locks, some);
	measure("six", sixth_read_lock, some);
	measure("number", begin_and_end, some);
	measure("batch", look_for_batch, some);
	measure("holders", holders, some);
	platform_exit(0);
}
