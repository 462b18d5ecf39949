/*
 * The image on the disk: a checkpoint.
 *
 * A first boot and a restart run the same code: the directory is read, and
 * every process on the list is brought in and made ready; all else comes in
 * when it is first looked for (store/fetch.c).  Everything read is checked;
 * what is wrong with an image is one clear message, and nothing goes on.
 */
#pragma once

#include <store/format.h>

/*
 * Boot, one hart, disk and queues set up: checks roots, directory and process
 * list and makes the object pools.  Panics with what is wrong.
 */
void image_load(void);

/*
 * Brings in every object that the directory names.  For tests that count
 * instructions: bringing one in takes longer than what they measure.
 */
void image_preload(void);

/* Brings in the processes of the list and makes them ready. */
void image_start_processes(void);

/* Restarts of this image so far, this one included: 1 at the first boot. */
u32 image_epoch(void);

/* Objects of the kind that the directory names. */
u64 image_named(enum obj_kind kind);

/* Where an object lies.  Immutable after boot. */
struct place {
	u64 block : 56; /* 0, where the roots are: nowhere, the object is null */
	u64 index : 8;  /* in its pot; 0 for a page */
	u32 version;
	u32 crc;        /* of the page, disk_node or disk_process */
};

/* Of an OID that exists. */
const struct place *image_place(enum obj_kind kind, u64 oid);
