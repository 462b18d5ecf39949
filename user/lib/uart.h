/* The 16550 UART, mapped at WINDOW, as its one driver (console) drives it. */
#pragma once

#include <base/types.h>
#include <device.h>
#include <layout.h>

/* Bytes its transmit queue takes once it has run empty. */
#define UART_FIFO 16

/*
 * Sets the device up from any state.  The receive queue is switched on only
 * after the one byte that may have come without it has been taken: `key` gets
 * it.
 */
void uart_setup(void (*key)(u8 byte));

/* Takes a received byte; -1 if there is none. */
int uart_receive(void);

/* The transmit queue has run empty and takes UART_FIFO bytes. */
bool uart_can_transmit(void);
void uart_transmit(u8 byte);

/* Interrupts when a byte was received and, if so wished, when the transmit
   queue has run empty. */
void uart_enable(bool transmit);
