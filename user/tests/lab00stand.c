/*
 * Lab 0: stands in for all the processes that the tested program knows, and
 * tells them apart by the badge.  The program cannot know: a capability says
 * what one may ask, not who answers.  The clock's answer comes from the grader,
 * by the numbers in registers 10 to 12.
 */
#include "lab00.h"

#include <abi/captypes.h>
#include <caps.h>
#include <clock.h>
#include <device.h>
#include <factory.h>
#include <faults.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <program.h>

#define CAP_RESULT 10
#define CAP_TICKS 11
#define CAP_SECONDS 12

/* Where the manifest maps them. */
#define SWITCH WINDOW
static volatile struct board *const board = (void *)(WINDOW + 0x1000);

static noreturn void turn_off(void)
{
	for (;;)
		device_write32(SWITCH, 0x5555);
}

/* It says so even where it refuses: nobody should look, then. */
static void as_clock(struct message *m)
{
	bool known = m->w[0] == CLOCK_NOW;
	message_answer(m, RC_ORDER);
	if (!known)
		return;
	number_read(CAP_RESULT, &m->w[0]);
	number_read(CAP_TICKS, &m->w[1]);
	number_read(CAP_SECONDS, &m->w[2]);
}

static void as_stranger(struct message *m)
{
	message_answer(m, RC_OK);
	m->w[1] = CT_NUMBER;
}

static noreturn void as_keeper(const struct message *m)
{
	board->address = m->w[1];
	board->pc = m->w[2];
	board->fault = m->w[0] - FAULT_ORDER;
	turn_off();
}

static void as_factory(struct message *m)
{
	if (m->w[0] == FACTORY_EXIT) {
		board->ended = 1;
		turn_off();
	}
	message_answer(m, RC_ORDER);
}

static void handle(struct message *m)
{
	board->calls[m->badge]++;
	switch (m->badge) {
	case AS_CLOCK:
		as_clock(m);
		break;
	case AS_STRANGER:
		as_stranger(m);
		break;
	case AS_KEEPER:
		as_keeper(m);
	case AS_FACTORY:
		as_factory(m);
	}
}

int main(void)
{
	struct message m = { .resume = CAP_REPLY };
	message_wait(&m);
	for (;;) {
		handle(&m);
		message_reply_wait(CAP_REPLY, &m);
	}
}
