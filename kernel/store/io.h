/*
 * Stubborn I/O: transfers of the store's own, with requests of their own, so
 * that a checkpoint never waits for the pool.  One that fails is reported and
 * tried again, a second later and for ever: until it succeeds, the last
 * checkpoint stands.
 */
#pragma once

#include <dev/disk.h>
#include <lock/spin.h>

struct store_io {
	struct disk_request request;
	struct link link;   /* waiting to be tried again: under the io lock */
	void (*done)(struct store_io *io); /* no spin lock held */
};

/* Boot. */
void io_init(void);

/* Starts it: op, block and memory are set.  No spin lock held. */
void io_start(struct store_io *io);

/* In done(): what was read is not what was written there; tries again. */
void io_damaged(struct store_io *io, const char *what);

/* Transfers that failed since boot. */
extern struct atomic64 io_failures;
