/*
 * Bringing objects in on demand: the body of obj/fetch.h.
 *
 * Who misses an object takes a request from the disk's pool (or stalls until
 * there is one), puts the header into the hash, coming in, starts the read, and
 * stalls.  The completion checks what was read, fills the object in, and says
 * that it is here.  At boot, where there is no process to stall, who misses an
 * object waits for the disk.
 *
 * An object that cannot be read, or is damaged, has failed: each process that
 * stalled for it gets FAULT_DISK, and the next one to look has it read again.
 */
#pragma once

#include <obj/fetch.h>
#include <store/record.h>

/* Reads started since boot, by kind: of one object never two at once. */
extern struct atomic64 fetch_counts[OK_COUNT];
