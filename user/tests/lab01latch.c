/*
 * Lab 1: interrupts that come when their driver does not wait.  This process
 * has a higher priority than the driver, and stops it and lets it go on; so it
 * knows what the driver is doing when an interrupt comes.
 */
#include "lab01user.h"

#include <caps.h>
#include <console.h>
#include <invoke.h>
#include <object.h>

#define CAP_DRIVER 10
#define CAP_RESUME 11
#define REPEATS 100

static volatile struct waiter *const driver = &board->waiter[BY_DEVICE];
static u64 tests;
static bool right = true;

/* Everybody else has the hart until there is nothing left to do. */
static void let_others_run(void)
{
	time_wait_until(time_now() + TICKS_PER_MS);
}

/* The device interrupts, now. */
static void interrupt(void)
{
	set_due(BY_DEVICE, cycle_now() + 200 * board->step);
	rtc_alarm_at(driver->due);
	wait_until(driver->due + 50 * board->step);
}

static void stop(void)
{
	process_stop(CAP_DRIVER, CAP_RESUME);
}

static void go_on(void)
{
	struct message m = { .w = { RC_OK } };
	message_send(CAP_RESUME, &m);
}

static void expect(const char *what, u64 wakes, u64 arrivals)
{
	bool ok = driver->wakes == wakes && driver->arrivals == arrivals;
	if (!ok)
		printf("# expected: %lu interrupts, and the driver woken %lu "
		       "times\n# happened: %lu interrupts, and it was woken "
		       "%lu times\n", arrivals, wakes, driver->arrivals,
		       driver->wakes);
	printf("%sok %lu %s\n", ok ? "" : "not ", ++tests, what);
	right &= ok;
}

/* Nobody has waited for the line yet, so it is masked. */
static void before_the_first_wait(void)
{
	interrupt();
	expect("a line nobody waited for is masked", 0, 0);
	let_others_run();
	expect("the first wait finds what came before it", 1, 1);
}

static void while_stopped(void)
{
	stop();
	interrupt();
	expect("an interrupt comes while its driver is stopped", 1, 2);
	go_on();
	let_others_run();
	expect("the driver goes on, and finds it latched", 2, 2);
	let_others_run();
	expect("it finds it once", 2, 2);
}

/* The device is left interrupting when the driver takes the first. */
static void twice(void)
{
	stop();
	interrupt();
	rtc_quiet();
	interrupt();
	expect("a line with a latched interrupt stays masked", 2, 3);
	board->noisy = 1;
	go_on();
	let_others_run();
	expect("the driver finds the first, and the second interrupts", 4, 4);
}

static void again(void)
{
	for (u64 i = 0; i < REPEATS; i++) {
		interrupt();
		let_others_run();
	}
	expect("every further wait gets a further interrupt", 4 + REPEATS,
	       4 + REPEATS);
}

int main(void)
{
	printf("KTAP version 1\n1..8\n");
	before_the_first_wait();
	while_stopped();
	twice();
	again();
	finish(right);
	return 0;
}
