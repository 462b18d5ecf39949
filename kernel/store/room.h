/*
 * Waiting for room in memory: the ager's queues, one for each kind, and what
 * becomes of those on them if nobody calls obj_room_made() (obj/age.h).
 */
#pragma once

#include <obj/object.h>

/* Boot, one hart. */
void room_init(void);

/* Q_FRAMES, Q_NODES or Q_PROCESSES. */
struct ring *room_queue(enum obj_kind kind);

/*
 * Under the lock of a kind's queue, by who is about to stall on it.  An object
 * that is locked, pinned or has a hook now tells nobody when it has not any
 * more; so all who stall are woken soon, whatever happens.
 */
void room_look_again_locked(void);

/*
 * Nothing of the kind can be had.  Unless some of it is dirty, and so will be
 * clean one day, says so, once.  At boot, where nobody can wait, panics.
 */
void room_say_full(enum obj_kind kind, bool dirty);
