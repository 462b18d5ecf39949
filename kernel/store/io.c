#include <diag/check.h>
#include <diag/log.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <sched/timed.h>
#include <store/io.h>

/* Ticks from a failure to the next try. */
#define AGAIN TICKS_PER_S

struct atomic64 io_failures;

static struct spinlock lock own_line = SPINLOCK(LR_IO);
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
	due = when;
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

/* All that are due; what fails again waits for the next time. */
static void take_failed(struct link *these, u64 now)
{
	link_init(these);
	spin_lock(&lock);
	if (due <= now)
		link_move_all(these, &failed);
	spin_unlock(&lock);
}

static u64 serve_failed(u64 now)
{
	struct link these;
	take_failed(&these, now);
	while (!link_is_alone(&these)) {
		struct link *l = these.next;
		link_remove(l);
		io_start(container_of(l, struct store_io, link));
	}
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
