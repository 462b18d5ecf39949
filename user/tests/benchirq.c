/*
 * Bench: from a device's interrupt to its driver.  The real-time clock is told
 * to interrupt at a known cycle; a process of lower priority is busy then, in
 * user mode.  How long the driver waits is counted from that cycle to the
 * first instruction it executes behind its wait.
 */
#include "lab01user.h"

#include <caps.h>
#include <console.h>
#include <invoke.h>
#include <object.h>

#define CAP_IRQ 10
#define CAP_ROLE 11 /* of the busy process a number, else void */
#define ROUNDS 1000

static u64 round_interrupt(u64 i)
{
	u64 due = cycle_now() + LEAD + i % 100; /* at no round number */
	rtc_alarm_at(due);
	call4(CAP_IRQ, IRQ_WAIT, 0, 0, 0);
	u64 woken = cycle_now();
	rtc_quiet();
	return woken - due;
}

int main(void)
{
	u64 sum = 0, least = ~0ul, most = 0;
	if (call4(CAP_ROLE, NUMBER_READ, 0, 0, 0).w0 == RC_OK)
		for (;;)
			;
	round_interrupt(0);
	for (u64 i = 0; i < ROUNDS; i++) {
		u64 cycles = round_interrupt(i);
		sum += cycles;
		least = MIN(least, cycles);
		most = MAX(most, cycles);
	}
	printf("irq.driver %lu.%lu %lu %lu %u\n", sum / ROUNDS,
	       sum * 10 / ROUNDS % 10, least, most, ROUNDS);
	device_write32(SWITCH, SWITCH_DONE);
	return 0;
}
