/*
 * Bringing objects in on demand: the body of obj/fetch.h.
 *
 * Who misses an object takes a request from the disk's pool (or stalls until
 * there is one), puts the header into the hash, coming in, starts the read, and
 * stalls.  The completion checks what was read, fills the object in, and says
 * that it is here.  At boot, where there is no process to stall, who misses an
 * object waits for the disk.
 */
#pragma once

#include <obj/fetch.h>
#include <store/image.h>

/* Boot, one hart, pools made. */
void fetch_init(void);

/* Reads started since boot, by kind: of one object never two at once. */
extern struct atomic64 fetch_counts[OK_COUNT];

/* Bytes of an object of the kind on disk. */
size_t fetch_size(enum obj_kind kind);

/* Sets up the header of a node that was never used. */
void fetch_node_init(struct obj *o);

/*
 * Inside the room: fills in an object coming in from the block that holds it
 * (a page is in its frame already).  Panics if it is damaged.
 */
void fetch_fill(struct obj *o, const void *block);
