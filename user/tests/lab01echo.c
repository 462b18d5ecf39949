/* Lab 1: a server that answers whatever it is sent. */
#include <caps.h>
#include <invoke.h>

int main(void)
{
	struct words w = { 0 };
	u64 badge;
	for (;;)
		w = reply_wait4(CAP_REPLY, w, CAP_REPLY, &badge);
}
