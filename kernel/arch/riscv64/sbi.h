/*
 * The firmware (RISC-V Supervisor Binary Interface).  Addresses are physical,
 * harts are named by their hardware ids.
 */
#pragma once

#include <base/types.h>

/* Panics if the firmware lacks what the kernel cannot do without. */
void sbi_init(void);

/* Starts a stopped hart at `start`, with a1 = `argument`; 0 or an error. */
i64 sbi_hart_start(u64 hw_id, paddr_t start, u64 argument);

void sbi_send_ipi(u64 hw_id);
void sbi_set_timer(u64 when);

/* Works before anything is known of the machine. */
void sbi_putc(char c);

/* Powers the machine off; returns where the firmware cannot. */
void sbi_shutdown(void);
