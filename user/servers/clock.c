/*
 * The clock (clock.h).  Any number of clients sleep here, and none of them
 * holds up another: while anybody sleeps, the alarm (servers/alarm.c) asks
 * every few milliseconds, and each time those whose time has come are
 * answered.  While nobody sleeps the alarm is parked, and no timer runs.
 */
#include <caps.h>
#include <captable.h>
#include <clock.h>
#include <device.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <program.h>

#define SLEEPERS 63u
#define ALARM SLEEPERS /* its entry in the table of resume capabilities */
#define GRAIN (5 * TICKS_PER_MS)
#define CAP_SLEEPER 12

/* The real-time clock: nanoseconds since 1970; the low half latches. */
#define RTC_LOW (WINDOW + 0)
#define RTC_HIGH (WINDOW + 4)

static u64 until[SLEEPERS]; /* 0: entry is free */
static unsigned sleeping;
static bool alarm_parked;

static u64 seconds(void)
{
	u64 low = device_read32(RTC_LOW);
	return (low | (u64)device_read32(RTC_HIGH) << 32) / 1000000000ul;
}

static void answer_entry(unsigned entry, u64 w1)
{
	struct message m = { .w = { RC_OK, w1 } };
	captable_get(entry, CAP_SLEEPER);
	message_send(CAP_SLEEPER, &m);
	captable_put(entry, CAP_VOID);
}

static void wake(u64 now)
{
	for (unsigned i = 0; i < SLEEPERS; i++)
		if (until[i] && until[i] <= now) {
			until[i] = 0;
			sleeping--;
			answer_entry(i, 0);
		}
}

/* Who was destroyed in his sleep sleeps no more: one entry is looked at each
   time, in turn. */
static void forget_dead(void)
{
	static unsigned i;
	i = (i + 1) % SLEEPERS;
	captable_get(i, CAP_SLEEPER);
	if (!until[i] || cap_type_of(CAP_SLEEPER, NULL) == CT_RESUME)
		return;
	until[i] = 0;
	sleeping--;
}

/* Both tell whether the caller is answered now. */

static bool alarm(struct message *m)
{
	u64 now = time_now();
	wake(now);
	forget_dead();
	message_answer(m, RC_OK);
	m->w[1] = now + GRAIN;
	if (sleeping)
		return true;
	alarm_parked = true;
	captable_put(ALARM, CAP_REPLY);
	return false;
}

static bool sleep(struct message *m)
{
	unsigned i = 0;
	u64 when = m->w[1], now = time_now();
	while (i < SLEEPERS && until[i])
		i++;
	message_answer(m, i == SLEEPERS ? RC_LIMIT : RC_OK);
	if (i == SLEEPERS || when <= now)
		return true;
	until[i] = when;
	sleeping++;
	captable_put(i, CAP_REPLY);
	if (alarm_parked)
		answer_entry(ALARM, now);
	alarm_parked = false;
	return false;
}

static bool handle(struct message *m)
{
	if (m->badge == CLOCK_ALARM)
		return alarm(m);
	if (m->w[0] == CLOCK_SLEEP)
		return sleep(m);
	message_answer(m, m->w[0] == CLOCK_NOW ? RC_OK : RC_ORDER);
	if (m->w[0] != RC_OK)
		return true;
	m->w[1] = time_now();
	m->w[2] = seconds();
	return true;
}

int main(void)
{
	struct message m = { .resume = CAP_REPLY };
	bool answer = false;
	for (;;) {
		if (answer)
			message_reply_wait(CAP_REPLY, &m);
		else
			message_wait(&m);
		answer = handle(&m);
	}
}
