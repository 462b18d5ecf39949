/*
 * Lab 3, MROW locks: the operation locks of one transaction, all of them or
 * none.
 *
 * The contract is kernel/cap/opset.h.  Write the bodies of the two functions
 * below, and static functions as you need them.
 */
#include <cap/opset.h>
#include <diag/check.h>
#include <lock/discipline.h>

/* One member more, not locked yet; its index. */
unsigned opset_add(struct opset *s, const struct mcap *c, bool write)
{
	(void)s;
	(void)c;
	(void)write;
	panic("lab 3", "opset_add is yours to write");
}

/*
 * Find the objects (mcap_find(), which pins them, and may stall); take their
 * locks by discipline_read() and discipline_write() (your mrow_read() and
 * mrow_write(), unless another discipline is linked: lock/discipline.h), the
 * lowest address first, each object once and in the strongest mode that any
 * member asks for; and then look again (mcap_is_valid()): what was destroyed
 * before it was locked is NULL.
 */
void opset_lock(struct opset *s)
{
	(void)s;
	panic("lab 3", "opset_lock is yours to write");
}
