/* The clock's helper: waits for the kernel's time in its place (clock.h). */
#include <caps.h>
#include <invoke.h>
#include <object.h>
#include <program.h>

int main(void)
{
	for (;;) {
		struct words next = call4(CAP_CLOCK, 0, 0, 0, 0);
		if (next.w0 == RC_VOID)
			return 1;
		time_wait_until(next.w1);
	}
}
