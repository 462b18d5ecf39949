/*
 * Jobs: what the store writes to the log, each with a frame of its own, so that
 * a checkpoint never waits for memory.
 */
#pragma once

#include <store/io.h>
#include <store/record.h>

#define JOBS 32 /* unless the boot argument jobs=N says otherwise */
#define JOBS_MIN 4
#define JOB_OBJECTS NODES_PER_POT

struct job {
	struct store_io io;
	paddr_t frame;      /* immutable: its own */
	struct link link;   /* free, or filled and to be started */
	/* whoever has the job */
	u64 generation;     /* that the objects in it belong to */
	enum obj_kind kind;
	u32 count;
	struct {
		struct obj *obj; /* the live object, or NULL: it is a copy */
		u64 oid;
		struct place at;
	} object[JOB_OBJECTS];
};

/* Boot, one hart. */
void jobs_init(void);

/*
 * Under the store lock: a free job, without objects, whose memory is its own
 * frame, zeroed, to be written to `block`; NULL if there is none.
 */
struct job *job_take_locked(u64 generation, enum obj_kind kind);

/* Whoever stalls for log space tries again: it may have been for a job. */
void job_give_back_locked(struct job *j);

/*
 * Under the store lock: adds an object, at index count; a node or process is
 * saved to the job's frame.
 */
void job_add_locked(struct job *j, struct obj *o, bool copy, u64 block);

/*
 * Under the store lock: an object of the last snapshot goes into a job, and the
 * job takes its block of the log: a page into one of its own, a node or process
 * into the pot that is being filled.  What is written is the object as it is
 * now; but of a page that is no copy, the page itself, as the disk finds it.
 * False: there is no free job, and nothing was done.
 */
bool job_put_locked(struct obj *o, bool copy);

/* No more is to come of the snapshot: pots that are not full are ready, too. */
void jobs_close_pots_locked(void);

/* Under the store lock: the job is filled, and to be started. */
void job_ready_locked(struct job *j);

/*
 * No spin lock held: starts one that is ready, checksums first; the others in
 * steps of their own, for a checksum takes its time.
 */
void jobs_start(void);
