/*
 * The checkpoint log: its space, and what stands where in it.
 *
 * The log is a circle of blocks.  Positions count on for ever; block number
 * `position % blocks` of the log is meant.  From tail to head lies what counts:
 * objects of the committed checkpoint that are not home yet, and of the next
 * one what was cleaned or captured already.
 *
 * Two *sides* keep the objects of two generations apart: LOG_NEXT, which the
 * running system dirties, and LOG_STABLE, of the last snapshot: on its way to
 * the log, then committed, then on its way home.  Each side has a directory in
 * memory: what of it stands in the log, and where.
 *
 * Room is reserved before an object is dirtied (obj/reserve.h), for the object
 * and for its share of directory and process list; so a checkpoint that was
 * begun can always be finished.
 *
 * Invariants (all under the store lock)
 *  1. head - tail <= blocks.
 *  2. What both sides have reserved fits into what is free: log_take_locked()
 *     never fails for who has reserved.
 *  3. An object has at most one entry on each side.  The newest is that of
 *     LOG_NEXT; what has no entry is home (store/place.h).
 *  4. Snapshots are taken only while LOG_STABLE is empty: there is one
 *     generation under way at most.
 *
 * Source: KeyKOS and EROS (checkpoint log, reservation before dirtying).
 */
#pragma once

#include <lock/spin.h>
#include <obj/object.h>
#include <store/format.h>

/* Objects there is room for, for each block of the log. */
#define LOG_ENTRIES_PER_BLOCK 4

/* Log space, directories, places, journal, checkpoint: all that has no hart. */
extern struct spinlock store_lock;

enum log_side {
	LOG_NEXT,
	LOG_STABLE,
	LOG_SIDES
};

/* Where an object lies on the disk. */
struct place {
	u64 block;   /* 0: nowhere, the object is null */
	u32 index;   /* in its pot; 0 for a page */
	u32 version; /* of a page; of others it is in the record */
	u32 crc;     /* of the page; of others 0 if it is not known */
};

struct log_entry {
	struct link hash, side; /* side: in the order they came */
	u64 oid;
	struct place at;
	u8 kind;
	u8 on;      /* which of two, LOG_STABLE and LOG_NEXT in turn */
	bool moved; /* home by now, but not yet retired */
};

/* Boot: the log as the root has it, and room for its directories. */
void log_init(const struct disk_root *from);

/* Boot, pools made: panics if the log is too small to be sure of progress. */
void log_check_size(void);

/*
 * One object more of the kind is to be dirtied on LOG_NEXT: sets room aside for
 * it.  False: there is none; and a checkpoint has been asked for.
 */
bool log_reserve_locked(enum obj_kind kind);

/* It is clean again without having been placed: the room is given back. */
void log_unreserve_locked(enum log_side side, enum obj_kind kind);

/*
 * A block from the head, for an object of this side: its number on the disk.
 * For who has reserved.
 */
u64 log_take_locked(enum log_side side);

/* The same for a page: the block it has on this side, or else a new one. */
u64 log_page_block_locked(enum log_side side, u64 oid);

/* The reserved object of this side stands there now. */
void log_place_locked(enum log_side side, enum obj_kind kind, u64 oid,
		      const struct place *at);

/* Boot: likewise, of an object that the directory on the disk names. */
void log_enter_locked(enum log_side side, enum obj_kind kind, u64 oid,
		      const struct place *at);

/* The entry of one side, or NULL. */
struct log_entry *log_find_locked(enum log_side side, enum obj_kind kind,
				  u64 oid);

/* The entry behind e, or the first one (e NULL); NULL at the end. */
struct log_entry *log_after_locked(enum log_side side, struct log_entry *e);
u64 log_entries_locked(enum log_side side);

/*
 * Snapshot: LOG_NEXT becomes LOG_STABLE, which was empty, with its entries and
 * what it has reserved.
 */
void log_turn_locked(void);

/*
 * Everything of LOG_STABLE is home: forgets its entries.  Blocks before
 * `position`, where what is still needed of it begins, are free, but for those
 * of LOG_NEXT; whoever stalls for log space tries again.
 */
void log_retire_locked(u64 position);

/* Positions: of the next block, and of the oldest that counts. */
u64 log_head_locked(void);
u64 log_tail_locked(void);
/* The block on the disk of a position. */
u64 log_block(u64 position);

struct log_usage {
	u64 blocks, used, reserved;
};
struct log_usage log_usage_locked(void);

/* Blocks for a process list as long as can be. */
u64 log_list_blocks(void);
