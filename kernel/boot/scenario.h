/*
 * Kernel scenarios: trusted C that a grader links in (make SCENARIO=file.c) to
 * look at a mechanism from within.  A kernel without one has scenario_none.c.
 */
#pragma once

/* Once, on the boot hart, before the first process runs. */
void scenario_boot(void);
