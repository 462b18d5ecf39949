/* The root tables, one for each hart; the rest of hal/mmu.h is for all. */
#pragma once

/* Gives this hart a root of its own: the direct map and an empty user half. */
void mmu_start_hart(void);
