/*
 * Keeper of the test process and its helpers, in cases that name no other: a
 * fault that no case expects ends the run.
 */
#include <faults.h>

#include "test.h"

int main(void)
{
	struct message m = { 0 };
	message_wait(&m);
	printf("Bail out! %s: %s at 0x%lx, pc 0x%lx, detail %lu\n",
	       m.badge ? "a helper" : "the test process",
	       fault_name(m.w[0] - FAULT_ORDER), m.w[1], m.w[2], m.w[3]);
	test_end(100);
}
