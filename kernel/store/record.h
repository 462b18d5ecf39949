/*
 * Objects as they stand on the disk: from the bytes to an object and back.
 */
#pragma once

#include <proc/process.h>
#include <store/format.h>
#include <store/log.h>

/* CRC-32C of n bytes; 1 where that is 0, which says "null". */
u32 disk_crc(const void *data, size_t n);

/* The same for one computed in parts, by crc32c_more(). */
static inline u32 disk_crc_of(u32 crc)
{
	return crc ? crc : 1;
}

/* Bytes of an object of the kind in its block. */
size_t record_size(enum obj_kind kind);

/* Sets up the header of a node that was never used. */
void record_node_init(struct obj *o);

/*
 * Fills in an object coming in from the block that holds it (a page is in its
 * frame already).  False: the block is damaged, and the object is no good; `why`
 * tells how.
 */
bool record_fill(struct obj *o, void *block, const struct place *at,
		 const char **why);

/*
 * Puts a node or process at this index of a pot, without its CRC.  Nobody
 * changes the object meanwhile.
 */
void record_save(struct obj *o, void *block, u32 index);

/* Puts in the CRC of a record that was saved; returns it, or that of a page. */
u32 record_seal(enum obj_kind kind, void *block, u32 index);

/* A record in a pot, whatever its kind: what all begin with. */
struct disk_record {
	u64 oid;
	u32 version;
	u32 crc;
};
struct disk_record *record_at(enum obj_kind kind, void *block, u32 index);

/* Whether the record is null, or sound and of this object. */
bool record_is_sound(enum obj_kind kind, u64 oid, struct disk_record *r);
