/*
 * Tells people that the machine was restarted.
 *
 * It waits for the interrupt of a line that has no device, so all that ever
 * ends its wait is a restart: an irq capability says so once for each.
 */
#include <abi/types.h>
#include <caps.h>
#include <checkpoint.h>
#include <console.h>
#include <object.h>
#include <program.h>

#define CAP_CHECKPOINT 2
#define CAP_IRQ 5

static void tell(void)
{
	struct ckpt_status s;
	u64 now = time_now();
	if (ckpt_status(CAP_CHECKPOINT, &s) != RC_OK)
		return;
	u64 ago = now > s.taken ? now - s.taken : 0;
	printf("restart %u: everything is as it was %lu.%lu s ago, in "
	       "generation %lu\n",
	       s.epoch, ago / TICKS_PER_S, ago * 10 / TICKS_PER_S % 10,
	       s.generation);
}

int main(void)
{
	bool restarted;
	while (irq_wait(CAP_IRQ, &restarted) == RC_OK)
		if (restarted)
			tell();
	return 1;
}
