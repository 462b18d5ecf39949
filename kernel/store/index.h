/*
 * Directory and process list, as they stand in the log behind the objects of a
 * checkpoint.  Under the store lock.
 */
#pragma once

#include <dev/disk.h>
#include <store/log.h>

/* Boot: makes room for the longest list. */
void index_init(void);

/* At the snapshot: an empty list; and one more process that has work to do. */
void index_begin_list(void);
void index_list(u64 oid);

/*
 * All objects of LOG_STABLE are placed: takes log space for both tables, and
 * says in `root` where they are, and which part of the log counts.
 */
void index_place_locked(void);

/*
 * Makes the next block of them and fills in the request that writes it.  False:
 * there is none left, and their checksums are in `root`.
 */
bool index_next_locked(struct disk_request *r);

/* All of LOG_STABLE is home: `root` needs nothing of the log but the list. */
void index_forget_locked(void);

/* The position in the log of the list's first block. */
u64 index_list_position(void);
