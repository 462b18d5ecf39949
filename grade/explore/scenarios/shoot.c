/*
 * Shootdown: harts in user mode use a translation that others change.
 *
 * The last hart runs in user mode, enters the kernel and leaves it again;
 * every other changes the translation, and makes all harts forget it.  Once
 * shoot_flush() has returned, no hart uses what was there before.  Each hart
 * keeps what it has read of the table until it is told to forget.
 *
 * Options: entries=N: into the kernel, of each hart in user mode (1).
 *	users=N: harts in user mode (1); changes=N: by each sender (1).
 *	asked=1: the senders use the translation, too, when they have done.
 *
 * Links: solutions/05-halting/shoot.c
 */
#include <explore.h>

#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <hal/upcall.h>
#include <space/shoot.h>

/* What looks on takes no part: the order of its accesses is nobody's. */
#define witness __attribute__((no_sanitize("thread")))

static struct atomic64 table[EXPLORE_HARTS]; /* one entry of each sender */

/* The rest is this hart's own, or looked at by a witness. */
static struct {
	u64 cached[EXPLORE_HARTS]; /* what it has read of the entry */
	bool uses;                 /* is in user mode */
	u32 entries;
} tlb[EXPLORE_HARTS];

/* What each entry is, by the word of a shoot_flush() that has returned. */
static u64 promised[EXPLORE_HARTS];

static u32 senders(void)
{
	return hart_count() - (u32)explore_option("users", 1);
}

/* A hart in user mode: what it has of the entry is not what was promised. */
witness static void require_fresh(u32 hart, u32 entry)
{
	u64 cached = tlb[hart].cached[entry];
	explore_require(!tlb[hart].uses || cached >= promised[entry],
			"hart %u uses translation %lu of entry %u in user "
			"mode, and all were to have forgotten it: it is %lu",
			hart, cached, entry, promised[entry]);
}

witness static void promise(u32 entry, u64 what)
{
	promised[entry] = what;
}

/* The walker may read the table at any moment; the worst is at once. */
static void fill(void)
{
	for (u32 i = 0; i < senders(); i++)
		tlb[hart_self()->id].cached[i] =
			atomic64_load_relaxed(&table[i]);
}

void mmu_flush_local(void)
{
	explore_note("hart %u forgets", hart_self()->id);
	fill();
}

static void use_all(void)
{
	u32 self = hart_self()->id;
	tlb[self].uses = true;
	for (u32 i = 0; i < senders(); i++)
		require_fresh(self, i);
}

static noreturn void leave(void)
{
	irqs_disable();
	shoot_enter_user();
	hart_enter_user();
}

static noreturn void enter(void)
{
	tlb[hart_self()->id].uses = false;
	irqs_enable();
	leave();
}

void irq_arrived(u64 cause, bool from_user)
{
	irq_acknowledge(cause);
	if (!from_user)
		return;
	tlb[hart_self()->id].uses = false;
	irqs_enable();
	leave();
}

static void user(void)
{
	use_all();
	if (tlb[hart_self()->id].entries++ < explore_option("entries", 1))
		explore_trap(enter);
}

/* Not under the space lock, as two senders would be: each for itself. */
static void change(u64 to)
{
	u32 self = hart_self()->id;
	atomic64_store_relaxed(&table[self], to);
	shoot_flush();
	promise(self, to);
	explore_note("entry %u is %lu, and all have forgotten", self, to);
	for (u32 i = 0; i < hart_count(); i++)
		require_fresh(i, self);
}

static void hart(void)
{
	u32 self = hart_self()->id;
	if (self >= senders())
		leave();
	irqs_enable();
	for (u64 i = 1; i <= explore_option("changes", 1); i++)
		change(i);
	if (explore_option("asked", 0))
		leave();
}

const struct scenario scenario = {
	.expects = "no hart to use a translation after the shootdown that was "
		   "to make it forget has returned",
	.harts = 2,
	.user = user,
	.body = { hart, hart, hart, hart },
};
