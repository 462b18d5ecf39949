/* The clock of every hart; the contract of use is in hal/irq.h. */
#pragma once

#include <base/types.h>

/* Says how timers are set: by Sstc's register, or by the firmware. */
void timer_init(bool sstc);

/* This hart's timer has fired: it is set to nothing but the guest's limit. */
void timer_disarm(void);
