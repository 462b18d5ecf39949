/*
 * Bench: from the kernel's first C instruction to the shell's prompt, which is
 * shown when for the first time nobody has anything to do for a while.  What
 * the hart slept until then is told apart: under the emulator the cycle
 * counter goes on in sleep.
 */
#include <base/types.h>
#include <boot/scenario.h>
#include <csr.h>
#include <hal/irq.h>
#include <hal/platform.h>

#define A_WHILE 10000000ul /* cycles, of 1 ns each */

void __real_platform_start(u64 hw_id, paddr_t device_tree);
void __wrap_platform_start(u64 hw_id, paddr_t device_tree);
void __real_irqs_wait(void);
void __wrap_irqs_wait(void);

/* Not static: the driver reads it from outside. */
struct {
	u64 started;  /* cycle */
	u64 slept;    /* cycles until the prompt */
	u64 prompted; /* cycle */
} boot_times;

void scenario_boot(void)
{
}

void __wrap_platform_start(u64 hw_id, paddr_t device_tree)
{
	boot_times.started = csr_read(cycle);
	__real_platform_start(hw_id, device_tree);
}

void __wrap_irqs_wait(void)
{
	u64 before = csr_read(cycle);
	__real_irqs_wait();
	u64 slept = csr_read(cycle) - before;
	if (slept < A_WHILE) {
		boot_times.slept += slept;
		return;
	}
	boot_times.prompted = before;
	platform_exit(0);
}
