#include "uart.h"

#include <hal/io.h>

#define THR 0
#define LSR 5
#define LSR_THR_EMPTY 0x20

static u64 base;

void uart_init(u64 address)
{
	base = address;
}

bool uart_is_known(void)
{
	return base != 0;
}

void uart_write(const char *text, size_t n)
{
	for (; n; n--) {
		while (!(io_read8(base + LSR) & LSR_THR_EMPTY))
			spin_hint();
		io_write8(base + THR, (u8)*text++);
	}
}
