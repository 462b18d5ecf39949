/* The console's output (console.h). */
#include "console.h"

#include <base/string.h>
#include <invoke.h>
#include <uart.h>

unsigned out_head, out_tail;
bool out_at_line_start = true;

static u8 out[OUT_SIZE];
static unsigned flush_at[CAP_REGS]; /* what out_tail must reach */
static bool out_return_sent;        /* of the line end at out_tail */
static bool transmit_enabled;
static u16 writers;  /* bit per register of a parked writer ... */
static u16 flushers; /* ... and of who waits for his output's end */

void show(const char *text, size_t size)
{
	for (; size && out_head - out_tail < OUT_SIZE; size--, text++) {
		out[out_head++ % OUT_SIZE] = (u8)*text;
		out_at_line_start = *text == '\n';
	}
}

void show_text(const char *text)
{
	show(text, strlen(text));
}

/* The next byte for the terminal, which wants a return with each line end. */
static u8 next_byte(void)
{
	u8 byte = out[out_tail % OUT_SIZE];
	if (byte == '\n' && !out_return_sent) {
		out_return_sent = true;
		return '\r';
	}
	out_return_sent = false;
	out_tail++;
	return byte;
}

static void answer_parked(u16 *parked, u8 reg, u64 result)
{
	struct message m = { .w = { result } };
	*parked &= (u16) ~(1u << reg);
	parking_release(&parking, reg);
	message_send(reg, &m);
}

static void answer_writers(void)
{
	for (u8 reg = 0; writers; reg++)
		if (writers & 1u << reg)
			answer_parked(&writers, reg, RC_LIMIT);
}

static void answer_flushers(void)
{
	for (u8 reg = 0; flushers >> reg; reg++)
		if (flushers & 1u << reg &&
		    (int)(out_tail - flush_at[reg]) >= 0)
			answer_parked(&flushers, reg, RC_OK);
}

void transmit(void)
{
	if (uart_can_transmit())
		for (int i = 0; i < UART_FIFO && out_tail != out_head; i++)
			uart_transmit(next_byte());
	if (transmit_enabled != (out_tail != out_head)) {
		transmit_enabled = !transmit_enabled;
		uart_enable(transmit_enabled);
	}
	if (out_head - out_tail <= OUT_LOW)
		answer_writers();
	answer_flushers();
}

void transmit_reset(void)
{
	transmit_enabled = false;
	uart_enable(false);
}

void park_writer(void)
{
	writers |= (u16)(1u << parking_keep(&parking));
}

void park_flusher(void)
{
	u8 reg = parking_keep(&parking);
	flushers |= (u16)(1u << reg);
	flush_at[reg] = out_head;
}
