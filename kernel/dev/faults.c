#include <dev/faults.h>
#include <diag/log.h>
#include <hal/platform.h>

/* Immutable after boot. */
static const struct disk_device *behind;
static struct faults faults;

static struct atomic64 writes, flushes, requests; /* submitted so far */
static struct atomic64 cut;

/* The number of this one. */
static u64 count(struct atomic64 *of)
{
	return atomic64_add_relaxed(of, 1) + 1;
}

static bool write_fails(void)
{
	u64 n = count(&writes);
	if (n == atomic64_load_relaxed(&cut)) {
		log_printf("disk: the power fails at write %lu\n", n);
		platform_exit(0);
	}
	return n == faults.fail_write ||
	       (faults.fail_writes && n >= faults.fail_writes);
}

static bool is_to_fail(const struct disk_request *r)
{
	bool fails = false;
	if (r->op == DISK_READ)
		fails = r->block == faults.fail_read;
	else if (r->op == DISK_WRITE)
		fails = write_fails();
	else
		fails = count(&flushes) == faults.fail_flush;
	u64 n = count(&requests);
	return fails || (faults.gone && n >= faults.gone);
}

static void submit(struct disk_request *r)
{
	r->failed = is_to_fail(r);
	behind->submit(r);
}

static void poll(void)
{
	behind->poll();
}

static u64 blocks(void)
{
	return behind->blocks();
}

const struct disk_device *faults_before(const struct disk_device *device,
					const struct faults *wanted)
{
	static const struct disk_device faulty = { submit, poll, blocks };
	behind = device;
	faults = *wanted;
	atomic64_store_relaxed(&cut, faults.cut);
	return &faulty;
}

void disk_cut_power_at(u64 n)
{
	u64 at = n ? atomic64_load_relaxed(&writes) + n : 0;
	atomic64_store_relaxed(&cut, at);
}
