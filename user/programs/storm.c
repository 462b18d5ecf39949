/*
 * storm [RATE [SECONDS]]: makes the real-time clock interrupt RATE times a
 * second, and counts how many interrupts came.
 *
 * The device (a goldfish RTC) has one alarm, which is set anew after each.
 */
#include <abi/types.h>
#include <caps.h>
#include <console.h>
#include <device.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <program.h>
#include <text.h>

#define CAP_IRQ 10
#define GRANT_IRQ 1
#define NS_PER_S 1000000000ul

/* 64-bit registers: reading the low half latches the high one, writing the
   low half of the alarm sets it. */
enum rtc_register {
	TIME_LOW = WINDOW + 0x00,
	TIME_HIGH = WINDOW + 0x04,
	ALARM_LOW = WINDOW + 0x08,
	ALARM_HIGH = WINDOW + 0x0c,
	INTERRUPT_ENABLE = WINDOW + 0x10,
	ALARM_CLEAR = WINDOW + 0x14,
	INTERRUPT_CLEAR = WINDOW + 0x1c,
};

static u64 rtc_now(void)
{
	u64 low = device_read32(TIME_LOW);
	return low | (u64)device_read32(TIME_HIGH) << 32;
}

static void rtc_alarm(u64 ns)
{
	device_write32(INTERRUPT_CLEAR, 1);
	device_write32(ALARM_HIGH, (u32)(ns >> 32));
	device_write32(ALARM_LOW, (u32)ns);
}

/* Alarms that are late are not made up for: the next is a period from now.
   A restart finds the device switched off. */
static u64 blow(u64 period, u64 ns, u64 *restarts)
{
	u64 count = 0, end = rtc_now() + ns;
	device_write32(INTERRUPT_ENABLE, 1);
	for (u64 now = rtc_now(); now < end; now = rtc_now(), count++) {
		rtc_alarm(now + period);
		bool restarted;
		if (irq_wait(CAP_IRQ, &restarted) != RC_OK)
			break;
		*restarts += restarted;
		if (restarted)
			device_write32(INTERRUPT_ENABLE, 1);
	}
	device_write32(ALARM_CLEAR, 1);
	device_write32(INTERRUPT_CLEAR, 1);
	device_write32(INTERRUPT_ENABLE, 0);
	return count;
}

int main(int argc, char **argv)
{
	u64 rate = text_argument(argc, argv, 1, 1000);
	u64 seconds = text_argument(argc, argv, 2, 1);
	u64 restarts = 0;
	if (rate == 0 || rate > NS_PER_S || seconds > 3600) {
		print("storm: a rate of 1 to 1000000000, for up to 3600 "
		      "seconds\n");
		return 1;
	}
	if (node_get(CAP_GRANT, GRANT_IRQ, CAP_IRQ) != RC_OK) {
		print("storm: no device was granted\n");
		return 1;
	}
	u64 count = blow(NS_PER_S / rate, seconds * NS_PER_S, &restarts);
	printf("%lu interrupts in %lu s\n", count, seconds);
	if (restarts)
		printf("and %lu restarts of the machine\n", restarts);
	return 0;
}
