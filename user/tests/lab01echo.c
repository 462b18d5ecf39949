/* Lab 1: a server that answers, after as many ticks as it is sent. */
#include <caps.h>
#include <invoke.h>
#include <object.h>

int main(void)
{
	struct words w = { 0 };
	u64 badge;
	for (;;) {
		w = reply_wait4(CAP_REPLY, w, CAP_REPLY, &badge);
		if (w.w0)
			time_wait_until(time_now() + w.w0);
	}
}
