#include <hal/hart.h>
#include <hal/upcall.h>
#include <lock/serial.h>
#include <lock/spin.h>

static struct spinlock serialization = SPINLOCK(LR_SERIAL);

void serial_note_contention(void)
{
	hart_self()->contended = true;
}

/*
 * The holder may itself be halting the process loaded here: so who waits for
 * this lock gives up its hart when asked to.
 */
void serial_begin(void)
{
	struct hart *h = hart_self();
	while (!spin_try(&serialization)) {
		if (atomic32_load_relaxed(&h->need_resched))
			resched();
		spin_hint();
	}
	h->contended = false;
	h->serialized = true;
}

void serial_end(void)
{
	hart_self()->serialized = false;
	spin_unlock(&serialization);
}
