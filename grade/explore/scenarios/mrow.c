/*
 * Object locks, and the words they guard: nobody sees half of what is written
 * under one, and nothing is left of any when all is over.
 *
 * Option `plan`:
 *  0 share   every hart adds to two words under their operation locks, and
 *            looks at them; hart 0 writes first, hart 1 reads first, and so on
 *  1 try     the same with locks that are only tried: who is refused drops
 *            everything and begins again; in the end, alone, nobody is refused
 *  2 waits   hart 1 reads, hart 0 waits to write.  Hart 1 reads again and gets
 *            it; hart 2 comes later, and stands back
 *  3 again   one hart locks one object in several roles, another wants it
 *  4 gang    a hart releases all it has, and keeps its process
 *  5 readers nobody writes, so nobody is refused
 *  6 turns   hart 0 writes, and harts 1 and 2 are seen to wait; from then on
 *            each hart writes twice, and none its second time before another
 *            its first
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c
 *	solutions/03-mrow-locks/mrow.c
 */
#include <explore.h>

#include <hal/hart.h>
#include <hal/upcall.h>
#include <lock/mrow.h>
#include <lock/spin.h>

#define LOCKS 3
#define ATTEMPTS 3
#define WORDS 2 /* guarded by the first locks: plain memory */
#define TURN_HARTS 4

static struct mrow lock[LOCKS];
static u64 word[WORDS];

static struct atomic32 reads;   /* hart 1 has its lock */
static struct atomic32 watches; /* hart 2 looks who comes */
static struct atomic32 refused; /* it has been */
static struct atomic32 done;    /* harts that are */

/* Nobody restarts here. */
void txn_restart(void)
{
	explore_fail("a transaction is given up");
}

void resched(void)
{
	explore_fail("a hart is given up");
}

static void get(enum lock_result r, enum lock_result wanted, const char *call)
{
	static const char *const names[] = { "LOCK_OK", "LOCK_BUSY",
					     "LOCK_ALIASED" };
	explore_require(r == wanted, "%s of hart %u says %s, not %s", call,
			hart_self()->id, names[r], names[wanted]);
}

static void set(struct atomic32 *flag)
{
	atomic32_add_release(flag, 1);
}

static void await(const struct atomic32 *flag, u32 value)
{
	while (atomic32_load_acquire(flag) < value)
		spin_hint();
}

static void add(u32 i)
{
	explore_note("hart %u writes word %u", hart_self()->id, i);
	word[i]++;
}

static void look(u32 i)
{
	u64 seen = word[i];
	explore_note("hart %u reads word %u", hart_self()->id, i);
	explore_require(word[i] == seen,
			"hart %u reads word %u while it is "
			"written",
			hart_self()->id, i);
}

/* 0 */

static void share_in_turn(u32 turn)
{
	if (turn & 1) {
		get(mrow_read(&lock[0]), LOCK_OK, "mrow_read");
		look(0);
	} else {
		get(mrow_write(&lock[0]), LOCK_OK, "mrow_write");
		add(0);
		get(mrow_write(&lock[1]), LOCK_OK, "mrow_write");
		add(1);
	}
	mrow_release_all();
}

static void share(void)
{
	share_in_turn(hart_self()->id);
	share_in_turn(hart_self()->id + 1);
}

/* 1 */

static bool try_both(bool write)
{
	if (mrow_try_read(&lock[0]) != LOCK_OK)
		return false;
	look(0);
	if (!write)
		return true;
	if (mrow_try_write(&lock[1]) != LOCK_OK)
		return false;
	add(1);
	return true;
}

/* The first hart writes the word that the others read. */
static bool try_alone(void)
{
	if (hart_self()->id)
		return try_both(true);
	if (mrow_try_write(&lock[0]) != LOCK_OK)
		return false;
	add(0);
	return true;
}

static void try(void)
{
	for (u32 i = 0; i < ATTEMPTS && !try_alone(); i++) {
		mrow_release_all();
		spin_hint();
	}
	mrow_release_all();
	set(&done);
	if (hart_self()->id != hart_count() - 1)
		return;
	await(&done, hart_count());
	explore_note("hart %u is alone now", hart_self()->id);
	get(mrow_try_read(&lock[0]), LOCK_OK, "mrow_try_read, alone,");
	get(mrow_try_write(&lock[1]), LOCK_OK, "mrow_try_write, alone,");
	mrow_release_all();
}

/* 2 */

static u32 before;       /* the word, as hart 2 found it */
static bool has_come;    /* the writer */

static void waits_to_write(void)
{
	await(&watches, 1);
	has_come = true;
	get(mrow_write(&lock[0]), LOCK_OK, "mrow_write");
	add(0);
	mrow_release_all();
}

static void reads_again(void)
{
	get(mrow_read(&lock[0]), LOCK_OK, "mrow_read");
	set(&reads);
	await(&refused, 1);
	get(mrow_try_read(&lock[0]), LOCK_OK, "a second mrow_try_read");
	get(mrow_read(&lock[0]), LOCK_OK, "a third mrow_read");
	explore_require(mrow_is_read_held(&lock[0]),
			"hart 1 reads, and mrow_is_read_held() says no");
	look(0);
	mrow_release_all();
}

/* The word says that somebody has come, and it can only be the writer. */
static void comes_later(void)
{
	await(&reads, 1);
	before = atomic32_load_relaxed(&lock[0].word);
	set(&watches);
	while (atomic32_load_relaxed(&lock[0].word) == before)
		spin_hint();
	get(mrow_try_read(&lock[0]), LOCK_BUSY,
	    "mrow_try_read, behind a writer that waits,");
	get(mrow_try_write(&lock[0]), LOCK_BUSY,
	    "mrow_try_write, behind a writer that waits,");
	set(&refused);
	if (mrow_try_write(&lock[0]) == LOCK_OK)
		explore_require(word[0] == 1, "hart 2 came later, and writes "
					      "first");
	mrow_release_all();
	get(mrow_read(&lock[0]), LOCK_OK, "mrow_read");
	explore_require(word[0] == 1, "hart 2 came later, and reads first");
	mrow_release_all();
}

/* Nobody can go on. */
static void still(void)
{
	if (has_come && !refused.v && lock[0].word.v == before)
		explore_fail("hart 0 waits to write, and the word of its lock "
			     "is %u, as before: nobody will stand back", before);
}

static void waits(void)
{
	static void (*const body[])(void) = { waits_to_write, reads_again,
					      comes_later };
	body[hart_self()->id]();
}

/* 3 */

static void write_in_roles(void)
{
	get(mrow_write(&lock[0]), LOCK_OK, "mrow_write");
	add(0);
	get(mrow_write(&lock[0]), LOCK_ALIASED, "a second mrow_write");
	get(mrow_try_write(&lock[0]), LOCK_ALIASED, "a third, mrow_try_write,");
	get(mrow_try_read(&lock[0]), LOCK_OK, "mrow_try_read as its writer");
	get(mrow_read(&lock[0]), LOCK_OK, "mrow_read as its writer");
	explore_require(mrow_is_write_held(&lock[0]) &&
				mrow_writer(&lock[0]) == hart_self()->id + 1,
			"hart %u writes, and is not known as the writer",
			hart_self()->id);
	add(0);
	mrow_release_all();
}

static void read_in_roles(void)
{
	get(mrow_read(&lock[0]), LOCK_OK, "mrow_read");
	get(mrow_try_write(&lock[0]), LOCK_BUSY, "mrow_try_write as a reader");
	get(mrow_try_read(&lock[0]), LOCK_OK, "a second mrow_try_read");
	explore_require(mrow_readers(&lock[0]) && !mrow_writer(&lock[0]),
			"hart %u reads, and the lock has %u readers and writer "
			"%u",
			hart_self()->id, mrow_readers(&lock[0]),
			mrow_writer(&lock[0]));
	look(0);
	mrow_release_all();
}

static void again(void)
{
	read_in_roles();
	write_in_roles();
}

/* 4 */

static void expect_free_of_me(const struct mrow *l, u32 i)
{
	u32 me = hart_self()->id;
	explore_require(!mrow_is_write_held(l) && !mrow_is_read_held(l) &&
				mrow_writer(l) != me + 1,
			"hart %u has released all, and still has lock %u", me,
			i);
}

static void keep(void)
{
	get(mrow_read(&lock[0]), LOCK_OK, "mrow_read");
	get(mrow_read(&lock[1]), LOCK_OK, "mrow_read");
	get(mrow_try_read(&lock[0]), LOCK_OK, "a second mrow_try_read");
	get(mrow_write(&lock[2]), LOCK_OK, "mrow_write");
	look(0);
	mrow_keep(&lock[2]);
	mrow_release_all();
	expect_free_of_me(&lock[0], 0);
	expect_free_of_me(&lock[1], 1);
	explore_require(mrow_is_write_held(&lock[2]),
			"hart %u has released all, its process, too",
			hart_self()->id);
	get(mrow_try_write(&lock[2]), LOCK_ALIASED,
	    "mrow_try_write of its own process");
	get(mrow_write(&lock[0]), LOCK_OK, "mrow_write");
	add(0);
	add(1); /* under the third lock */
	mrow_release_all();
	add(1);
	mrow_drop(&lock[2]);
}

/* Who waits for a process holds nothing else. */
static void want(void)
{
	get(mrow_write(&lock[2]), LOCK_OK, "mrow_write");
	add(1);
	get(mrow_try_read(&lock[2]), LOCK_OK, "mrow_try_read as its writer");
	mrow_release_all();
	get(mrow_write(&lock[0]), LOCK_OK, "mrow_write");
	get(mrow_write(&lock[1]), LOCK_OK, "mrow_write");
	add(0);
	mrow_release_all();
}

static void gang(void)
{
	if (hart_self()->id)
		want();
	else
		keep();
}

/* 5 */

static void readers(void)
{
	for (u32 i = 0; i < 2; i++) {
		get(mrow_try_read(&lock[i]), LOCK_OK,
		    "mrow_try_read, with no writer about,");
		look(i);
	}
	mrow_release_all();
}

/* 6 */

static struct atomic32 coming; /* they are on their way to wait */
static u64 turns[TURN_HARTS];  /* under the first lock */

/* Everybody has been seen waiting, or writes: so nobody is late. */
static void take_turn(void)
{
	u32 me = hart_self()->id;
	explore_note("hart %u has turn %lu", me, turns[me] + 1);
	for (u32 i = 0; i < hart_count(); i++)
		explore_require(turns[i] >= turns[me],
				"hart %u has its turn %lu, and hart %u, which "
				"has waited since before, has had %lu",
				me, turns[me] + 1, i, turns[i]);
	turns[me]++;
	mrow_release_all();
}

/* Until another writer shows in the word of the lock that this hart has. */
static void await_waiter(void)
{
	u32 w = atomic32_load_relaxed(&lock[0].word);
	set(&coming);
	while (atomic32_load_relaxed(&lock[0].word) == w)
		spin_hint();
}

static void take_turns(void)
{
	u32 me = hart_self()->id, waiters = me ? 0 : hart_count() - 1;
	await(&coming, me);
	get(mrow_write(&lock[0]), LOCK_OK, "mrow_write");
	while (waiters--)
		await_waiter();
	take_turn();
	get(mrow_write(&lock[0]), LOCK_OK, "mrow_write, again,");
	take_turn();
}

static void setup(void)
{
	explore_quiet(lock_counts, sizeof(lock_counts));
}

static void (*const plans[])(void) = { share, try, waits, again, gang,
				      readers, take_turns };

static void hart_body(void)
{
	plans[explore_option("plan", 0)]();
	explore_end();
}

static void final(void)
{
	for (u32 i = 0; i < LOCKS; i++)
		explore_require(!atomic32_load_relaxed(&lock[i].word),
				"nobody has lock %u any more, and its word is "
				"%u",
				i, atomic32_load_relaxed(&lock[i].word));
	for (u32 i = 0; i < hart_count(); i++)
		explore_require(!harts[i].held_count,
				"hart %u has %lu locks on its list in the end",
				i, harts[i].held_count);
}

const struct scenario scenario = {
	.expects = "one writer or readers, who see all that was written before",
	.harts = 2,
	.setup = setup,
	.final = final, .still = still,
	.body = { hart_body, hart_body, hart_body, hart_body },
};
