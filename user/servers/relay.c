/* Carries events from a source to a server (relay.h). */
#include <abi/invoke.h>
#include <invoke.h>
#include <program.h>
#include <relay.h>

int main(void)
{
	for (;;) {
		struct words e = call4(RELAY_SOURCE, 0, 0, 0, 0);
		if (e.w0 == RC_VOID)
			return 1;
		call4(RELAY_SERVER, RELAY_EVENT, e.w0, e.w1, e.w2);
	}
}
