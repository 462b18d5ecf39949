/*
 * Lab 5, shootdown: making all harts forget what they have of page tables.
 *
 * The contract is kernel/space/shoot.h; the handout is handouts/lab05.md.
 */
#include <base/bits.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <space/shoot.h>

/*
 * The tables have been changed.  This hart forgets; each other is asked to
 * (HREQ_FLUSH in hart.requests).  Which of them have to be waited for, for how
 * long, and which of them have to be interrupted?
 *
 * What is stored may be seen later than what is loaded behind it: where does a
 * fence_full() have to stand?
 */
void shoot_flush(void)
{
	panic("lab 5", "shoot_flush is yours to write");
}

/*
 * The last thing before user mode, interrupts disabled, on every hart: says
 * that this hart is in user mode (hart.mode), and looks whether it has been
 * asked to forget meanwhile.
 */
void shoot_enter_user(void)
{
	panic("lab 5", "shoot_enter_user is yours to write");
}
