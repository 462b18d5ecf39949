/*
 * The disk format: how an image, which is a checkpoint, is laid out.
 *
 * An image is an array of 4 KiB blocks, little endian.  All places are counted
 * in blocks from the start of the image:
 *
 *      0, 1           two roots, written in turn: the valid one with the
 *                     greater sequence number counts
 *      journal_start  journal_slots pairs of blocks: record, page
 *      info_start     version and checksum of each page at home
 *      home_start[k]  the home range of each kind: a page is a block, nodes and
 *                     processes stand in pots, several to a block
 *      log_start      log_blocks blocks, used in a circle: objects, alone or in
 *                     pots; then the directory; then the process list
 *
 * An object lies where the directory says; if that does not name it, at home:
 * page OID in block home_start + OID, a node in pot OID / NODES_PER_POT at
 * index OID % NODES_PER_POT, a process likewise.  What is all zeros at home is
 * null: version 0, all zeros or all void.  So a new disk is a file with holes.
 *
 * Everything read is checked: a root by its own CRC-32C, directory and process
 * list by CRCs in the root, an object in the log by its directory entry, at
 * home by its sector of page information or the CRC in its own record.  A
 * checksum that comes out as 0 is stored as 1, for 0 says null.
 *
 * What is written in one piece is a sector of 512 bytes, no more.  A record in
 * a pot may cross a sector's end: a write that is torn there tears only what is
 * changed by it, and what migration changes is whole in the log until all of it
 * is home.
 *
 * tools/diskformat.py says the same; a test holds the two together.
 */
#pragma once

#include <abi/captypes.h>
#include <abi/orders.h>
#include <base/types.h>

#define FORMAT_MAGIC 0x59454b484354414cul /* "LATCHKEY" */
#define FORMAT_VERSION 2
#define FORMAT_BLOCK 4096ul
#define FORMAT_SECTOR 512ul

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
	u32 crc;     /* of this record with this field 0; 0: null */
	u8 span;     /* address bits one slot spans */
	u8 zero[7];
	struct disk_cap slot[NODE_SLOTS];
};

struct disk_process {
	u64 oid;
	u32 version;
	u32 crc;    /* of this record with this field 0; 0: null */
	u8 state;   /* enum proc_state */
	u8 resting; /* 1: an answer leaves its registers alone (a fault or a
	               stop, not a CALL, made it wait) */
	u8 fault;   /* enum fault_code it was last stopped by */
	u8 zero[5];
	u64 calls;  /* call count: its valid resume capabilities carry it */
	u64 ticks;  /* time used */
	u64 owed;   /* of it, not yet charged to its meter */
	struct proc_regs regs;
	struct disk_cap cap[CAP_REGS];
	struct disk_cap slot[PS_COUNT];
	char name[16];
};

#define NODES_PER_POT (FORMAT_BLOCK / sizeof(struct disk_node))
#define PROCS_PER_POT (FORMAT_BLOCK / sizeof(struct disk_process))

/* Page information: of one page at home; 0, 0: it is null. */
struct disk_info {
	u32 version;
	u32 crc;
};

#define INFO_PER_SECTOR 63
#define INFO_PER_BLOCK (INFO_PER_SECTOR * (FORMAT_BLOCK / FORMAT_SECTOR))

/* A sector of it.  All zeros is valid, and says that all are null. */
struct disk_info_sector {
	u32 crc; /* of the sector with this field 0 */
	u32 zero;
	struct disk_info page[INFO_PER_SECTOR];
};

/* One entry of the directory. */
struct disk_entry {
	u64 oid;
	u64 block;   /* where its page, or its pot, lies: in the log */
	u32 version;
	u32 crc;     /* of the page; of a record, the one in it */
	u8 kind;     /* enum obj_kind */
	u8 index;    /* in its pot; 0 for a page */
	u8 zero[6];
};

/* A process list is an array of u64: OIDs of processes that have work to do. */

#define JOURNAL_MAGIC 0x4c414e52554f4a4cul /* "LJOURNAL" */

/*
 * A journal record; the page it is about stands in the next block.  It counts
 * if its sequence number is above the root's and both checksums hold; of
 * several about one page, the greatest, and only if the page still has its
 * version: one that was made anew since the checkpoint is another page.
 */
struct disk_journal {
	u64 magic;
	u64 sequence;
	u64 oid;
	u32 version; /* of the page */
	u32 page_crc;
	u32 crc;     /* of this record with this field 0 */
	u32 zero;
};

struct disk_root {
	u64 magic;
	u32 version;      /* FORMAT_VERSION */
	u32 crc;          /* CRC-32C of the block with this field 0 */
	u64 sequence;     /* of root writes; slot sequence % 2 */
	u64 generation;   /* of the checkpoint */
	u64 blocks;       /* of the whole image */
	u64 objects[OK_COUNT];    /* OIDs 0 to objects[kind] - 1 exist */
	u64 journal_start, journal_slots;
	u64 info_start;
	u64 home_start[OK_COUNT]; /* first block of each home range */
	u64 log_start, log_blocks;
	u64 log_tail;     /* offset in the log of the oldest block that counts */
	u64 log_head;     /* offset behind the newest; equal: none counts */
	u64 dir_at;       /* offset in the log of the directory's first block; it
	                     goes on behind the log's end at its start */
	u64 dir_entries;  /* 0: everything is home */
	u64 list_at;      /* likewise */
	u64 list_entries;
	u32 dir_crc;      /* of the entries */
	u32 list_crc;
	u64 journal_sequence; /* journal records up to this are in here */
	u64 ticks;        /* the kernel's clock when it was taken */
	u64 real_time;    /* the same moment, ns since 1970; 0: not known */
	u64 interval;     /* ticks between two checkpoints by time; 0: none */
	u32 epoch;        /* of the boot that took it; 1 in a new image */
	u32 zero;
};
