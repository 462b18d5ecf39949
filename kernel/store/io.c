#include <diag/check.h>
#include <diag/log.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <sched/timed.h>
#include <store/io.h>

/* Ticks from a failure to the next try. */
#define AGAIN TICKS_PER_S

struct atomic64 io_failures;

static struct spinlock lock = SPINLOCK(LR_IO);
static struct link failed; /* under lock */
static u64 due;            /* when they are tried again: under lock */

static const char *const op_names[] = {
	[DISK_READ] = "reading",
	[DISK_WRITE] = "writing",
	[DISK_FLUSH] = "flushing",
};

static void try_later(struct store_io *io)
{
	u64 when = time_now() + AGAIN;
	spin_lock(&lock);
	due = when; /* of all: who fails in this round waits for the next */
	link_insert_before(&failed, &io->link);
	spin_unlock(&lock);
	atomic64_add_relaxed(&io_failures, 1);
	timed_alarm(when);
}

static void io_done(struct disk_request *r)
{
	struct store_io *io = container_of(r, struct store_io, request);
	if (!r->failed) {
		io->done(io);
		return;
	}
	log_printf("disk: %s block %lu failed; the checkpoint before stands, "
		   "and this one waits\n",
		   op_names[r->op], r->block);
	try_later(io);
}

void io_damaged(struct store_io *io, const char *what)
{
	log_printf("disk: %s in block %lu is damaged; what is in the log stays "
		   "there\n",
		   what, io->request.block);
	try_later(io);
}

void io_start(struct store_io *io)
{
	io->request.done = io_done;
	disk_submit(&io->request);
}

static struct store_io *take_failed(u64 now)
{
	struct store_io *io = NULL;
	spin_lock(&lock);
	if (!link_is_alone(&failed) && due <= now) {
		io = container_of(failed.next, struct store_io, link);
		link_remove(&io->link);
	}
	spin_unlock(&lock);
	return io;
}

static u64 serve_failed(u64 now)
{
	struct store_io *io;
	while ((io = take_failed(now)))
		io_start(io);
	spin_lock(&lock);
	u64 next = link_is_alone(&failed) ? TIME_NEVER : due;
	spin_unlock(&lock);
	return next;
}

void io_init(void)
{
	link_init(&failed);
	timed_add(serve_failed);
}
