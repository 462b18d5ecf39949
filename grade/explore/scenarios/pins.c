/*
 * An object that some harts pin while another takes it out of memory and gives
 * its header another tenant.  Who has pinned it finds it as it was until its
 * transaction ends; and the ager gets it in the end, for nobody unpins.
 *
 * The last hart is the ager, the others pin, each in some transactions.
 * Options: own=1: the ager has pinned the object itself, in the transaction
 * before; rounds=N: transactions of each pinner (1); idle=1: then it idles.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c
 *	solutions/02-transient-pins/pin.c solutions/03-mrow-locks/mrow.c
 */
#include <explore.h>

#include <hal/hart.h>
#include <lock/mrow.h>
#include <lock/spin.h>
#include <obj/pin.h>

#define FIRST 7
#define NEXT 8

static struct obj object;
static u64 contents; /* of the object: its OID */

/* Nobody restarts here. */
void txn_restart(void)
{
	explore_fail("a transaction is given up");
}

void resched(void)
{
	explore_fail("a hart is given up");
}

static void set_up(u64 oid)
{
	object.oid = oid;
	contents = oid;
	/* Whoever sees it here sees whose header it is. */
	atomic32_store_release(&object.residency, OBJ_HERE);
}

static void setup(void)
{
	object.kind = OK_PAGE;
	explore_quiet(lock_counts, sizeof(lock_counts));
	set_up(FIRST);
}

/* One transaction: looks twice at what it has pinned. */
static void use(struct hart *h)
{
	pins_begin(h);
	if (pin(&object, FIRST)) {
		explore_note("hart %u has pinned it", h->id);
		for (u32 i = 0; i < 2; i++)
			explore_require(contents == FIRST,
					"hart %u has pinned object %u and "
					"finds object %lu", h->id, FIRST,
					contents);
	}
}

static void pinner(void)
{
	u64 rounds = explore_option("rounds", 1);
	for (u64 i = 0; i < rounds; i++)
		use(hart_self());
	/* Nothing is undone: the hart idles, or goes on to the next process. */
	if (explore_option("idle", 0))
		pins_end(hart_self());
	else
		pins_begin(hart_self());
}

static void take_it(void)
{
	explore_note("the ager has it");
	contents = 0;
	object.oid = OID_NONE;
	atomic32_store_relaxed(&object.residency, OBJ_ABSENT);
	set_up(NEXT);
}

static void ager(void)
{
	struct hart *h = hart_self();
	pins_begin(h);
	mrow_write(&object.lock);
	if (explore_option("own", 0)) {
		pin(&object, FIRST);
		explore_require(!pin_exclude(&object),
				"the ager takes what it has pinned itself");
		pins_begin(h); /* as it is dispatched again */
	}
	while (!pin_exclude(&object))
		spin_hint();
	take_it();
	mrow_release_all();
	pins_end(h);
}

static void hart_body(void)
{
	u32 last = (u32)explore_option("harts", 2) - 1;
	if (hart_self()->id == last)
		ager();
	else
		pinner();
}

static void final(void)
{
	u32 last = (u32)explore_option("harts", 2) - 1;
	explore_require(contents == NEXT && object.oid == NEXT,
			"the ager never gets the object, though nobody has it "
			"pinned any more");
	for (u32 i = 0; i <= last; i++)
		explore_require(!(pin_holders(&object) & 1u << i),
				"hart %u has a pin, long after", i);
}

const struct scenario scenario = {
	.expects = "what is pinned to stay, and what is not to be had",
	.harts = 2, .setup = setup, .final = final,
	.body = { hart_body, hart_body, hart_body, hart_body },
};
