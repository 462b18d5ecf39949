/*
 * The boot image: a checkpoint, read from the initial RAM disk.
 *
 * A first boot and a restart run the same code: objects are loaded, and every
 * process on the list is made ready.  Everything read is checked; what is
 * wrong with an image is one clear message, and nothing runs.
 */
#pragma once

#include <store/format.h>

/*
 * Boot, one hart, memory and queues set up: checks the image of `size` bytes,
 * makes the object pools and loads all objects.  Panics with what is wrong.
 */
void image_load(const void *image, u64 size);

/* Makes the processes of the list ready. */
void image_start_processes(void);

/* Restarts of this image so far, this one included: 1 at the first boot. */
u32 image_epoch(void);
