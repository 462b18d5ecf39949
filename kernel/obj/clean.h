/*
 * Cleaning: what the ager needs of a room above it, bound when the kernel is
 * linked (store/ckpt.c).
 */
#pragma once

#include <obj/object.h>

/*
 * o is dirty, write-locked by this hart, and not mapped writable.  True: it is
 * being written, and obj_room_made() will be called when it is clean.  False:
 * not now.  A page waits for a write to end that is under way, of which the same
 * is true; anything else for a checkpoint, which this has asked for.
 */
bool obj_clean(struct obj *o);
