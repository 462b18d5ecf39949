/*
 * Where objects lie: in the log, or at home.
 *
 * The page information, version and checksum of every page at home, is kept in
 * memory whole: 8 bytes for 4 KiB.  Its copy on the disk is written by sectors
 * when pages have migrated (store/migrate.h).
 */
#pragma once

#include <store/log.h>

/* Boot: reads the page information; panics if it is damaged. */
void place_init(const struct disk_root *root, void *(*read)(u64 block));

/* Where the newest state of the object on the disk lies. */
struct place place_find_locked(enum obj_kind kind, u64 oid);

/* Objects in one block of the kind's home range. */
u64 place_per_block(enum obj_kind kind);

/* The home of an object: its block, and the index there. */
u64 place_home_block(enum obj_kind kind, u64 oid);
u32 place_home_index(enum obj_kind kind, u64 oid);

/* The page stands at home now: notes what its information has to say. */
void place_note_home_locked(u64 oid, const struct place *at);

/*
 * The next block of page information to be written, from block number *i on:
 * fills in `out`, sets *i to it, and returns its place on the disk; 0: none.
 */
u64 place_next_info_locked(u64 *i, void *out);

/* Whether *i is past the last one. */
bool place_info_is_done(u64 i);
