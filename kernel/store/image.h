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
 * Boot, one hart, disk and queues set up: checks roots, page information,
 * directory, process list and journal, and makes the object pools.  Panics with
 * what is wrong.
 */
void image_load(void);

/*
 * Brings in every object that is not null, as far as there is room.  For tests
 * that count instructions: bringing one in takes longer than what they measure.
 */
void image_preload(void);

/* Brings in the processes of the list and makes them ready. */
void image_start_processes(void);

/* Restarts of this image so far, this one included: 1 at the first boot. */
u32 image_epoch(void);

/* Real time at that tick of this boot, ns since 1970; 0: not known. */
u64 image_real_time(u64 ticks);

/* Processes that have work to do, and the generation they are of. */
u64 image_processes(void);
u64 image_generation(void);
