/*
 * A snapshot is written while the system runs on: every object of it gets to
 * the disk once, as it was then, whoever writes to it meanwhile
 * (kernel/store/ckpt.h, invariants 1 to 3 and 6).
 *
 * The snapshot has just been taken of a page and a node.  Hart 0 writes to them
 * in transactions, as soon as it may; hart 1 takes the steps of the checkpoint;
 * a third is the disk, which looks at the memory when a transfer ends.  With two
 * harts hart 1 is the disk, too.
 *
 * Options: writes=N: transactions of hart 0 for each object (1); kinds=1: only
 * the page, 2: only the node.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c kernel/wait/queue.c
 *	kernel/wait/hook.c kernel/store/job.c
 *	solutions/02-transient-pins/pin.c solutions/03-mrow-locks/mrow.c
 *	solutions/06-checkpoint/snapshot.c solutions/06-checkpoint/ckpt.c
 */
#include "store.h"

#include <hal/hart.h>
#include <lock/spin.h>
#include <obj/reserve.h>
#include <wait/queue.h>

#define OBJECTS 2
#define WORDS 2  /* of an object, that are looked at */
#define THEN 1ul /* what is in each at the snapshot */
/* The disk takes no part in what orders accesses. */
#define witness __attribute__((no_sanitize("thread")))

static struct page page;
static struct node node;
static struct obj *const objects[] = { &page.obj, &node.obj };
static u64 contents[OBJECTS][PAGE_SIZE / sizeof(u64)]
	__attribute__((aligned(PAGE_SIZE)));
static u32 placed[OBJECTS];                   /* times; under store_lock */
static struct store_io *transfers[JOBS_HERE]; /* under way; under disk_lock */
static struct spinlock disk_lock = SPINLOCK(LR_DISK);

static struct atomic32 kicks; /* there may be something to do */
static struct atomic32 over;

static bool is_asked(u32 i)
{
	return explore_option("kinds", 3) & 1u << i;
}

/* The store, where it is looked at. */

void log_place_locked(enum log_side side, enum obj_kind kind, u64 oid,
		      const struct place *at)
{
	(void)at;
	explore_require(side == LOG_STABLE && oid < OBJECTS &&
				objects[oid]->kind == kind,
			"object %lu is placed where no snapshot is", oid);
	explore_require(!placed[oid]++, "object %lu is written twice", oid);
}

void index_place_locked(void)
{
	for (u32 i = 0; i < OBJECTS; i++)
		explore_require(placed[i] || !is_asked(i),
				"the directory is made, and object %u is not "
				"written",
				i);
}

void ckpt_kick(void)
{
	atomic32_add_release(&kicks, 1);
}

/* What is saved of a node, and looked at of a block. */

void record_save(struct obj *o, void *block, u32 index)
{
	u64 *to = (u64 *)block + index * WORDS;
	for (u32 i = 0; i < WORDS; i++)
		to[i] = contents[o->oid][i];
}

u32 record_seal(enum obj_kind kind, void *block, u32 index)
{
	const u64 *words = (const u64 *)block + index * WORDS;
	u64 sum = kind;
	for (u32 i = 0; i < WORDS; i++)
		sum += words[i];
	return (u32)sum;
}

/* The disk. */

void io_start(struct store_io *io)
{
	u32 i = 0;
	spin_lock(&disk_lock);
	while (i < JOBS_HERE && transfers[i])
		i++;
	explore_require(i < JOBS_HERE, "more transfers than jobs");
	transfers[i] = io;
	spin_unlock(&disk_lock);
	ckpt_kick();
}

static witness void look_at(const struct job *j)
{
	const u64 *words = (const u64 *)j->io.request.memory.raw;
	for (u32 i = 0; i < j->count * WORDS; i++)
		explore_require(words[i] == THEN,
				"what is written of object %lu is not what it "
				"was at the snapshot: %lu in word %u",
				j->object[i / WORDS].oid, words[i], i % WORDS);
}

/* True if a transfer has ended. */
static bool disk_turn(void)
{
	struct store_io *io = NULL;
	spin_lock(&disk_lock);
	for (u32 i = 0; i < JOBS_HERE && !io; i++) {
		io = transfers[i];
		transfers[i] = NULL;
	}
	spin_unlock(&disk_lock);
	if (!io)
		return false;
	look_at(container_of(io, struct job, io));
	io->done(io);
	return true;
}

static void disk(void)
{
	for (;;) {
		u32 seen = atomic32_load_acquire(&kicks);
		if (disk_turn())
			continue;
		if (atomic32_load_acquire(&over))
			return;
		while (atomic32_load_acquire(&kicks) == seen)
			spin_hint();
	}
}

/* The checkpoint. */

static void checkpoint(void)
{
	bool alone = hart_count() < 3;
	while (ckpt.phase == CKPT_WRITING) {
		u32 seen = atomic32_load_acquire(&kicks);
		jobs_start();
		if (ckpt_step() || (alone && disk_turn()))
			continue;
		while (atomic32_load_acquire(&kicks) == seen)
			spin_hint();
	}
	atomic32_store_release(&over, 1);
	ckpt_kick();
}

/* Transactions. */

static bool mark(struct obj *o)
{
	spin_lock(&store_lock);
	bool done = ckpt_dirty_locked(o);
	spin_unlock(&store_lock);
	if (done)
		jobs_start();
	return done;
}

/* False: it has to wait, and its transaction is executed again. */
static bool write(struct obj *o, u64 value)
{
	mrow_write(&o->lock);
	bool may = obj_is_dirty(o) || mark(o);
	for (u32 i = 0; may && i < WORDS; i++)
		contents[o->oid][i] = value;
	mrow_release_all();
	return may;
}

static void writer(void)
{
	u64 writes = explore_option("writes", 1);
	for (u64 n = 1; n <= writes; n++)
		for (u32 i = 0; i < OBJECTS; i++)
			while (is_asked(i) && !write(objects[i], THEN + n))
				while (atomic32_load_acquire(
					       &objects[i]->change) ==
				       CH_WRITING)
					spin_hint();
}

static void setup(void)
{
	explore_quiet(lock_counts, sizeof(lock_counts));
	queues_init();
	jobs_init();
	link_init(&ckpt.dirty);
	link_init(&ckpt.frozen);
	page.frame = direct_paddr(contents[0]);
	node.obj.kind = OK_NODE;
	for (u32 i = 0; i < OBJECTS; i++) {
		objects[i]->oid = i;
		for (u32 k = 0; k < WORDS; k++)
			contents[i][k] = THEN;
		if (is_asked(i))
			ckpt_dirty_locked(objects[i]);
	}
	ckpt_snapshot();
}

static void final(void)
{
	u64 dirty = 0;
	for (u32 i = 0; i < OBJECTS; i++) {
		dirty += is_asked(i);
		explore_require(placed[i] == is_asked(i),
				"object %u was written %u times", i, placed[i]);
		explore_require(!is_asked(i) || obj_is_dirty(objects[i]),
				"object %u was changed, and is not dirty", i);
	}
	explore_require(ckpt.dirty_count == dirty && !ckpt.frozen_count,
			"%lu objects count as dirty, %lu as frozen",
			ckpt.dirty_count, ckpt.frozen_count);
	explore_require(!ckpt.under_way[0] && !ckpt.under_way[1],
			"jobs are under way, and nothing is written");
}

const struct scenario scenario = {
	.expects = "every object of the snapshot to be written once, as it was "
		   "then",
	.harts = 2,
	.setup = setup,
	.final = final,
	.body = { writer, checkpoint, disk },
};
