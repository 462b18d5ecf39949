/*
 * Bringing objects in from the disk: what obj_find() needs of a room above it,
 * bound when the kernel is linked (store/fetch.c).
 *
 * Invariants
 *  1. One read at most is ever under way for an object: only who put its
 *     header into the hash asks the disk.  The second process to miss the
 *     object just stalls.
 *  2. Processes that miss an object stall on the I/O queue that its OID is
 *     hashed to (source: KeyKOS, "Kernel Strategies").  "Is it here? else
 *     stall" and "it is here" with the wakeup both happen under that queue's
 *     lock, so no wakeup is lost.
 *  3. A wakeup promises nothing: objects share queues, so whoever is woken
 *     executes its instruction again and looks again.
 */
#pragma once

#include <obj/object.h>

/*
 * The object is not here: sees to it that it comes in.  `coming` is its header,
 * or NULL if it has none.  Returns when it is worth looking again, or stalls
 * the process loaded here and does not return.
 */
void obj_fetch(enum obj_kind kind, u64 oid, struct obj *coming);
