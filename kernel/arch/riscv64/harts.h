/* Numbering the harts and giving each its stack. */
#pragma once

#include <hal/hart.h>

/* Adds a hart of the device tree; its id is the number of those before. */
void hart_add(u64 hw_id);

/* Makes the hart with this hardware id, which must have been added, the one
   the caller runs on. */
void hart_adopt(u64 hw_id);

/* Sets up this hart's registers: traps, its root table, its interrupts,
   which stay disabled. */
void hart_set_up(void);

/* False once this hart's stack has been used to its end. */
bool hart_stack_is_intact(void);
