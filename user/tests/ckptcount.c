/*
 * Counts in a register and in memory, beside ckptload: whatever generation it
 * goes on from, the two agree.  It rests now and then, on the kernel's clock.
 */
#include <console.h>
#include <device.h>
#include <layout.h>
#include <object.h>
#include <program.h>

#define STEPS 200
#define REST TICKS_PER_MS
#define FAILED (100 << 16 | 0x3333)

static volatile u64 memory;

int main(void)
{
	for (u64 count = 0;; count++) {
		if (memory != count) {
			printf("wrong: a count is %lu in memory, %lu in a "
			       "register\n",
			       memory, count);
			device_write32(WINDOW, FAILED);
		}
		memory = count + 1;
		if (count % STEPS == 0)
			time_wait_until(time_now() + REST);
	}
}
