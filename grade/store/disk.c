/*
 * The disk, driven from within (grade/store/test_disk.py): `count` requests at
 * once write blocks from `block` on, a flush, the same number read them back,
 * `rounds` times; whatever fails, the next step is taken when all is done.
 * Steps are begun by done(), out of resched(), but for the first.
 *
 * hostile=H: from the completion with the number `after` on the device is not
 * what it should be.
 */
#include <boot/scenario.h>
#include <dev/disk.h>
#include <dev/virtio.h>
#include <diag/args.h>
#include <diag/log.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/platform.h>
#include <lock/spin.h>
#include <mem/frame.h>

#define COUNT_MAX 1024

enum hostile {
	HONEST,
	OUT_OF_RANGE, /* says that no chain at all is done */
	AGAIN,        /* says it of the same one again */
	TOO_MANY,     /* says it of more than it was given */
	BAD_CHAIN,    /* is asked what makes it ask for a reset */
	HOSTILE_COUNT,
};

/* Read by the grader from outside. */
struct {
	u64 done[3], failed[3];  /* by operation */
	u64 twice;               /* done() calls for a request not under way */
	u64 wrong;               /* reads that did not give what was written */
	u64 elsewhere;           /* done() not out of resched(), or with a lock */
	u64 overtaken;           /* done after one that was submitted later */
	u64 last_failed;         /* block */
	u64 rounds;
} disk_test;

static struct disk_request requests[COUNT_MAX];
static bool busy[COUNT_MAX];      /* each request's, whoever has it */
static u64 written[COUNT_MAX];    /* what block i holds, 0: nobody knows */
static char *memory;
static u64 count, first_block, rounds, hostile, after;
static struct spinlock lock = SPINLOCK(LR_FRAMES); /* of all that follows */
static enum disk_op step;
static u64 left, latest;
static u64 taken;
static bool booting = true;       /* the boot hart's */

static u64 *words(u64 i)
{
	return (u64 *)(memory + i * DISK_BLOCK);
}

static u64 value_of(u64 i)
{
	return (disk_test.rounds + 1) << 32 | (i + 1);
}

static void fill(u64 i)
{
	for (u64 w = 0; w < DISK_BLOCK / sizeof(u64); w++)
		words(i)[w] = step == DISK_WRITE ? value_of(i) + w : 0;
}

static bool holds(u64 i, u64 value)
{
	for (u64 w = 0; w < DISK_BLOCK / sizeof(u64); w++)
		if (words(i)[w] != value + w)
			return false;
	return true;
}

static void begin(enum disk_op op)
{
	u64 n = op == DISK_FLUSH ? 1 : count;
	spin_lock(&lock);
	step = op;
	left = n;
	latest = 0;
	spin_unlock(&lock);
	for (u64 i = 0; i < n; i++) {
		fill(i);
		busy[i] = true;
		requests[i].op = op;
	}
	for (u64 i = 0; i < n; i++)
		disk_submit(&requests[i]);
}

static void next_step(void)
{
	if (step == DISK_WRITE)
		begin(DISK_FLUSH);
	else if (step == DISK_FLUSH)
		begin(DISK_READ);
	else if (++disk_test.rounds < rounds)
		begin(DISK_WRITE);
	else
		platform_exit(0);
}

static void note_locked(const struct disk_request *r, u64 i)
{
	disk_test.done[r->op]++;
	disk_test.failed[r->op] += r->failed;
	if (r->failed)
		disk_test.last_failed = r->block;
	disk_test.overtaken += i < latest;
	latest = MAX(latest, i);
	disk_test.twice += !busy[i];
	busy[i] = false;
	if (r->op == DISK_WRITE)
		written[i] = r->failed ? 0 : value_of(i);
	if (r->op == DISK_READ && !r->failed && written[i])
		disk_test.wrong += !holds(i, written[i]);
}

static void done(struct disk_request *r)
{
	struct hart *h = hart_self();
	bool odd = booting || h->current || h->spin_ranks;
	spin_lock(&lock);
	disk_test.elsewhere += odd;
	note_locked(r, (u64)(r - requests));
	bool last = --left == 0;
	spin_unlock(&lock);
	if (last)
		next_step();
}

void scenario_boot(void)
{
	count = arg_number("count", 1);
	first_block = arg_number("block", 0);
	rounds = arg_number("rounds", 1);
	hostile = arg_number("hostile", HONEST);
	after = arg_number("after", 0);
	if (count < 1 || count > COUNT_MAX || hostile >= HOSTILE_COUNT)
		panic("scenario", "count=%lu hostile=%lu", count, hostile);
	memory = frames_carve(count * DISK_BLOCK, "test buffers");
	for (u64 i = 0; i < count; i++) {
		requests[i].block = first_block + i;
		requests[i].memory = direct_paddr(words(i));
		requests[i].done = done;
	}
	if (arg_number("cut_soon", 0))
		disk_cut_power_at(arg_number("cut_soon", 0));
	begin(DISK_WRITE);
	booting = false;
}

static bool is_time(enum hostile for_what)
{
	return memory && hostile == for_what && taken >= after;
}

void __real_virtio_give(struct virtio *v, u16 head);
void __wrap_virtio_give(struct virtio *v, u16 head);
void __wrap_virtio_give(struct virtio *v, u16 head)
{
	__real_virtio_give(v, is_time(BAD_CHAIN) ? (u16)(v->size + 1) : head);
}

/* Under the driver's lock. */
enum virtio_taken __real_virtio_take(struct virtio *v, u32 *head);
enum virtio_taken __wrap_virtio_take(struct virtio *v, u32 *head);
enum virtio_taken __wrap_virtio_take(struct virtio *v, u32 *head)
{
	static u32 last;
	if (is_time(TOO_MANY))
		v->used->index = (u16)(v->given + 1);
	enum virtio_taken result = __real_virtio_take(v, head);
	if (result != VIRTIO_ONE)
		return result;
	if (is_time(OUT_OF_RANGE))
		*head = 0xfffffff0;
	if (is_time(AGAIN))
		*head = last;
	last = *head;
	taken += memory != NULL;
	return result;
}
