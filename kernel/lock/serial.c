#include <hal/hart.h>
#include <lock/serial.h>
#include <lock/spin.h>

static struct spinlock serialization = SPINLOCK(LR_SERIAL);

void serial_note_contention(void)
{
	hart_self()->contended = true;
}

void serial_begin(void)
{
	struct hart *h = hart_self();
	if (likely(!h->contended))
		return;
	h->contended = false;
	spin_lock(&serialization);
	h->serialized = true;
}

void serial_end(void)
{
	struct hart *h = hart_self();
	if (likely(!h->serialized))
		return;
	h->serialized = false;
	spin_unlock(&serialization);
}
