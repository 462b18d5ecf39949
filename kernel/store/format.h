/*
 * The disk format: how an image, which is a checkpoint, is laid out.
 *
 * An image is an array of 4 KiB blocks, little endian:
 *
 *      0, 1           two roots, written in turn; the valid one with the
 *                     greater generation counts
 *      log_start ...  the checkpoint log: pages, pots, directory, list
 *
 * Home ranges hold what has migrated from the log.  An image on which nothing
 * has migrated yet may leave them out (home_blocks 0), so that a boot image is
 * as small as what is in it.  An object that the directory does not name and
 * that has no home is null: version 0, all zeros or all void.
 *
 * A pot is a block that holds several nodes or processes.  The directory says
 * for each object in which block it lies, and for those in pots at which
 * index.  Everything read is checked: a root by its own CRC-32C, directory and
 * process list by CRCs in the root, each object by the CRC in its entry.
 *
 * tools/image.py writes this format; a test holds the two together.
 */
#pragma once

#include <abi/captypes.h>
#include <abi/orders.h>
#include <base/types.h>

#define FORMAT_MAGIC 0x59454b484354414cul /* "LATCHKEY" */
#define FORMAT_VERSION 1
#define FORMAT_BLOCK 4096ul

/* A capability, unprepared. */
struct disk_cap {
	u8 type;     /* enum cap_type */
	u8 rights;   /* enum cap_rights */
	u16 badge;   /* start: badge.  schedule: priority.  range: obj_kind.
	                resume: the high 16 bits of its call count */
	u32 version; /* object: its version.  resume: the low 32 bits of its
	                call count.  range: objects.  irq: boot epoch */
	u64 oid;     /* object: its OID.  number: value.  irq: line.  devpage:
	                physical address.  range: first OID.  wait: queue
	                index.  schedule: quantum in ticks */
};

struct disk_node {
	u64 oid;
	u32 version;
	u8 span; /* address bits one slot spans */
	u8 zero[3];
	struct disk_cap slot[NODE_SLOTS];
};

struct disk_process {
	u64 oid;
	u32 version;
	u8 state;   /* enum proc_state */
	u8 resting; /* 1: an answer leaves its registers alone (a fault or a
	               stop, not a CALL, made it wait) */
	u8 fault;   /* enum fault_code it was last stopped by */
	u8 zero;
	u64 calls;  /* call count: its valid resume capabilities carry it */
	u64 ticks;  /* time used */
	struct proc_regs regs;
	struct disk_cap cap[CAP_REGS];
	struct disk_cap slot[PS_COUNT];
	char name[16];
};

#define NODES_PER_POT (FORMAT_BLOCK / sizeof(struct disk_node))
#define PROCS_PER_POT (FORMAT_BLOCK / sizeof(struct disk_process))

/* One entry of the directory. */
struct disk_entry {
	u64 oid;
	u64 block;   /* where its page, or its pot, lies; from the start */
	u32 version;
	u32 crc;     /* CRC-32C of the page, disk_node or disk_process */
	u8 kind;     /* enum obj_kind */
	u8 index;    /* in its pot; 0 for a page */
	u8 zero[6];
};

/* A process list is an array of u64: OIDs of processes that have work to do. */

struct disk_root {
	u64 magic;
	u32 version;      /* FORMAT_VERSION */
	u32 crc;          /* CRC-32C of the block with this field 0 */
	u64 generation;
	u64 blocks;       /* of the whole image */
	u64 objects[OK_COUNT];     /* OIDs 0 to objects[kind] - 1 exist */
	u64 home_start[OK_COUNT];  /* first block of each home range */
	u64 home_blocks[OK_COUNT];
	u64 log_start, log_blocks;
	u64 dir_block;    /* first of consecutive blocks in the log */
	u64 dir_entries;
	u64 list_block;   /* likewise */
	u64 list_entries;
	u32 dir_crc;      /* of the entries */
	u32 list_crc;
	u64 ticks;        /* the clock when it was taken */
	u32 epoch;        /* restarts of this image so far */
	u32 zero;
};
