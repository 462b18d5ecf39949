#include <uart.h>

enum uart_register {
	DATA = WINDOW + 0,
	INTERRUPTS = WINDOW + 1,
	FIFO_CONTROL = WINDOW + 2,
	LINE_CONTROL = WINDOW + 3,
	LINE_STATUS = WINDOW + 5,
};

enum uart_bit {
	INTERRUPT_RECEIVED = 1 << 0,
	INTERRUPT_TRANSMIT = 1 << 1,
	FIFO_ENABLE = 1 << 0,
	LINE_8N1 = 3,
	STATUS_RECEIVED = 1 << 0,
	STATUS_TRANSMIT_EMPTY = 1 << 5,
};

void uart_setup(void (*key)(u8 byte))
{
	device_write8(INTERRUPTS, 0);
	device_write8(LINE_CONTROL, LINE_8N1);
	for (int byte = uart_receive(); byte >= 0; byte = uart_receive())
		key((u8)byte);
	device_write8(FIFO_CONTROL, FIFO_ENABLE);
}

int uart_receive(void)
{
	if (!(device_read8(LINE_STATUS) & STATUS_RECEIVED))
		return -1;
	return device_read8(DATA);
}

bool uart_can_transmit(void)
{
	return device_read8(LINE_STATUS) & STATUS_TRANSMIT_EMPTY;
}

void uart_transmit(u8 byte)
{
	device_write8(DATA, byte);
}

void uart_enable(bool transmit)
{
	device_write8(INTERRUPTS,
		      transmit ? INTERRUPT_RECEIVED | INTERRUPT_TRANSMIT
			       : INTERRUPT_RECEIVED);
}
