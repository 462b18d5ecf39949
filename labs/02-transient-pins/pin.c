/*
 * Lab 2, transient pins: a number for each hart, and one look from either side.
 *
 * The contract is kernel/obj/pin.h, with five invariants; the handout is
 * handouts/lab02.md.  Write the bodies of the five functions below.
 */
#include <diag/check.h>
#include <hal/hart.h>
#include <obj/pin.h>

/*
 * Stores this hart's number (hart.txn) in the object's word for this hart, and
 * then looks whether the object is here, and whose header this is.  Think about
 * what another hart may have seen of the one when you do the other.
 */
bool pin(struct obj *o, u64 oid)
{
	(void)o;
	(void)oid;
	panic("lab 2", "pin is yours to write");
}

/*
 * The ager's side.  o is here, and write-locked by this hart.  Marks it
 * OBJ_LEAVING and looks who has it pinned; if somebody has, obj_stay().
 */
bool pin_exclude(struct obj *o)
{
	(void)o;
	panic("lab 2", "pin_exclude is yours to write");
}

/* A new number, odd.  What this hart did with its old pins is done before
   anybody sees that they are gone. */
void pins_begin(struct hart *h)
{
	(void)h;
	panic("lab 2", "pins_begin is yours to write");
}

/* An even number: no pins. */
void pins_end(struct hart *h)
{
	(void)h;
	panic("lab 2", "pins_end is yours to write");
}

/* A bit for each of hart_count() harts.  It sees of a hart whose pin is gone
   what that did while it had it. */
u32 pin_holders(const struct obj *o)
{
	(void)o;
	panic("lab 2", "pin_holders is yours to write");
}
