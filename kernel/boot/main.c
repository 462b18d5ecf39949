/* From the first C instruction to the first process. */
#include <diag/args.h>
#include <boot/chaos.h>
#include <boot/scenario.h>
#include <dev/disk.h>
#include <diag/check.h>
#include <diag/log.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <hal/platform.h>
#include <ipc/msg.h>
#include <lock/discipline.h>
#include <mem/frame.h>
#include <proc/halt.h>
#include <proc/meet.h>
#include <sched/timed.h>
#include <store/image.h>
#include <wait/queue.h>

#define STATUS_TIME_OVER 102

/* All memory but the kernel and the boot image. */
static void memory_init(void)
{
	const struct platform *p = &platform;
	u64 end = p->memory_start.raw + p->memory_size;
	u64 hole = p->initrd_size ? p->initrd_start.raw : end;
	u64 after = ROUND_UP(hole + p->initrd_size, PAGE_SIZE);
	frames_add(p->free_start, PADDR(hole & ~(PAGE_SIZE - 1)));
	frames_add(PADDR(after), PADDR(end & ~(PAGE_SIZE - 1)));
}

void guest_time_over(void)
{
	log_emergency(); /* this hart may have been about to write a line */
	log_printf("\nlimit: the guest's time is over\n");
	platform_exit(STATUS_TIME_OVER);
}

static void limit_init(void)
{
	u64 ms = arg_number("limit", 0);
	if (ms)
		timer_limit(ms * TICKS_PER_MS);
}

static void hart_init(struct hart *h)
{
	h->quantum_end = TIME_NEVER;
	h->alarm = TIME_NEVER;
	h->timer = TIME_NEVER;
	timer_set(TIME_NEVER);
	discipline_join();
}

static noreturn void hart_run(void)
{
	if (hart_self()->chaos)
		chaos_run();
	meet_join();
	resched();
}

static noreturn void hart_main(void)
{
	hart_init(hart_self());
	hart_run();
}

static void start_other_harts(void)
{
	for (u32 i = 0; i < hart_count(); i++)
		if (&harts[i] != hart_self())
			hart_start(i, hart_main);
}

void boot_main(void)
{
	memory_init();
	limit_init();
	hart_init(hart_self());
	chaos_init(arg_number("chaos", 0), arg_number("spare", 0),
		   arg_number("seed", 1));
	queues_init();
	msg_init();
	timed_add(halt_worry);
	disk_init(arg_number("requests", DISK_REQUESTS));
	image_load();
	log_printf("latchkey: %u harts, %lu MiB, %lu processes%s\n",
		   hart_count(), platform.memory_size >> 20,
		   image_processes(), DEBUG_BUILD ? ", debug" : "");
	if (arg_number("preload", 0))
		image_preload();
	image_start_processes();
	scenario_boot();
	start_other_harts();
	hart_run();
}
