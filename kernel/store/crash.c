#include <dev/disk.h>
#include <hal/platform.h>
#include <store/crash.h>

static struct atomic32 at_commit;

bool crash_at(u64 when, u64 n)
{
	if (when == CRASH_NOW)
		platform_exit(0);
	if (when == CRASH_AT_WRITE && n)
		disk_cut_power_at(n);
	else if (when == CRASH_AT_COMMIT)
		atomic32_store_relaxed(&at_commit, 1);
	else
		return false;
	return true;
}

void crash_if_wanted_at_commit(void)
{
	if (atomic32_load_relaxed(&at_commit))
		platform_exit(0);
}
