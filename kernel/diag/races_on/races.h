/*
 * The data-race detector (make RACES=1): two accesses of two harts to one
 * byte, one of them a write, one of them plain, must be ordered by locks, by
 * acquire and release, or by fences.  If they are not, the kernel panics and
 * names both, whatever came of it.
 *
 * Order is that of Lamport's happens-before, kept in vector clocks (as in
 * FastTrack, Flanagan and Freund 2009, and ThreadSanitizer): each hart counts
 * its releases, and knows up to which of every other hart it is ordered
 * behind.  So a race is found in every run in which nothing orders the two,
 * however far apart in time they are, and the same run finds it again.  The
 * alternative, to watch one word for a while and see who else comes by (as
 * KCSAN does), needs no clocks, but finds only what meets within that while.
 *
 * Invariants
 *  1. It invents nothing: what it forgets, for lack of room, it takes for
 *     ordered.
 *  2. An access to a shared word is made and noted in one step, under a lock.
 *  3. That lock is a leaf below all others, held with interrupts disabled, by
 *     nobody but these functions, which call nothing.
 *  4. A word of hal/atomic.h orders what its accessors say, no more: the locks
 *     of the detector itself do not count.
 *
 * Not seen: boot, up to the second hart; what base/ does with what it is given
 * (strings, copies, checksums), assembly, registers of devices and memory that
 * they write (hal/io.h), what user programs and page-table walkers do.  Every
 * lock taken in between orders two accesses, also one that has nothing to do
 * with them: so it is other schedules that find more, and the kernel that
 * checks itself at each entry, under locks, finds less than the release build.
 */
#pragma once

#include <base/types.h>

enum races_order { RACES_RELAXED, RACES_ACQUIRE, RACES_RELEASE };
enum races_modify { RACES_SWAP, RACES_ADD, RACES_OR, RACES_AND };

/* Behind hal/atomic.h; `size` is that of the word, 4 or 8 bytes. */
u64 races_load(const void *word, u32 size, enum races_order order);
void races_store(void *word, u32 size, u64 value, enum races_order order);
/* Returns the old value. */
u64 races_modify(void *word, u32 size, enum races_modify how, u64 operand,
		 enum races_order order);
/* True: the word was `old`, and is `new` now. */
bool races_cas(void *word, u32 size, u64 old, u64 new, enum races_order order);
void races_fence(void);
void races_hint(void);

/* Before each plain access; pc: where it stands, or a little behind. */
void races_plain(const void *address, u64 size, bool writes, const void *pc);
