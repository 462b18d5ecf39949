/* The serial line (16550), for output by polling; input is a driver's. */
#pragma once

#include <base/types.h>

void uart_init(u64 address);

/* False before uart_init(). */
bool uart_is_known(void);

/* Waits until all characters are taken. */
void uart_write(const char *text, size_t n);
