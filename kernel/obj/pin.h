/*
 * Transient pins (source: J. Shapiro, "Kernel Interrupt and Concurrency
 * Management", 2006, section 3; EROS).  Lab 2 writes the body.
 *
 * What a transaction has found must not be taken away before it is done, and
 * nobody wants to undo anything when it is abandoned.  So each kernel entry, and
 * each round of dispatch, gives the hart a new odd number, and pinning an object
 * stores that number in the object's word for this hart.  In the next
 * transaction the number is another, and the pin is gone.
 *
 *      pinning  store the number, full fence, look whether it is still there
 *      ageing   mark it as leaving, full fence, look at the pins
 *
 * so that one of the two sees the other: the pinner that it came too late, and
 * looks the object up again; or the ager the pin, and lets go.
 *
 * Invariants
 *  1. An object is pinned while any hart's word in it equals that hart's
 *     current number, and that is odd.
 *  2. A number never comes again: 64 bits, counted on by two.
 *  3. In user mode and in idle the number is even, and pins nothing.
 *  4. What pin() returned true for stays resident, under the same header, until
 *     this hart's transaction ends.  So does what it returned false for because
 *     it was coming in, from when it is here.
 *  5. A pin keeps the ager away, nobody else: a pinned object may be locked,
 *     changed and destroyed.
 */
#pragma once

#include <hal/hart.h>
#include <obj/object.h>

/*
 * Pins o for the transaction of this hart.  True: it is here, and is the one
 * with this OID (of o's kind).  False: it is not, or is leaving; no pin.
 */
bool pin(struct obj *o, u64 oid);

/*
 * The ager's side.  o is write-locked by this hart and here: marks it leaving,
 * so that nobody can pin it any more.  True: it is pinned by none, this hart
 * included, and will not be.  False: somebody has it pinned; it is here as
 * before.
 */
bool pin_exclude(struct obj *o);

/*
 * A new number for this hart, odd: at kernel entry, each attempt, each round of
 * dispatch.  pins_end(): an even one, on the way to user mode and to idle.
 */
void pins_begin(struct hart *h);
void pins_end(struct hart *h);

/* Harts that have o pinned at this moment, a bit for each.  For who looks in. */
u32 pin_holders(const struct obj *o);
