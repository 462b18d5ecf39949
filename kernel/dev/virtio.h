/*
 * A virtio device behind memory-mapped registers, version 2, with one split
 * queue (source: Virtual I/O Device 1.2, sections 2.7 and 4.2).  Numbers are
 * little-endian there, as they are in this kernel.
 *
 * Nothing the device says is trusted further than it was checked: what it
 * writes is read once (hal/io.h), and what is wrong ends its use.
 *
 * One caller at a time, but for virtio_notify() and virtio_acknowledge().
 */
#pragma once

#include <hal/io.h>

#define VIRTIO_BLK 2 /* device kinds */

#define VIRTIO_QUEUE_MAX 1024

/* Features of every kind of device, as bits. */
#define VIRTIO_F_INDIRECT (1ul << 28) /* a descriptor may name a table */
#define VIRTIO_F_VERSION_1 (1ul << 32)

struct virtio_desc {
	u64 address; /* physical */
	u32 length;
	u16 flags;
	u16 next;
};
#define VIRTIO_DESC_NEXT 1
#define VIRTIO_DESC_WRITE 2 /* the device writes there */
#define VIRTIO_DESC_INDIRECT 4

struct virtio_avail {
	u16 flags, index;
	u16 ring[VIRTIO_QUEUE_MAX];
};

struct virtio_used {
	u16 flags, index;
	struct {
		u32 head, length;
	} ring[VIRTIO_QUEUE_MAX];
};

struct virtio {
	/* immutable after boot */
	u64 registers;
	u32 line;
	u32 size;                  /* of the queue: a power of two */
	u64 features;              /* both sides know */
	struct virtio_desc *desc;
	struct virtio_avail *avail;
	struct virtio_used *used;

	/* its user's lock */
	u16 given, taken;          /* chains, modulo 2^16 */
};

/*
 * Boot: finds the first device of the kind.  False if there is none; panics if
 * it is of the old version.
 */
bool virtio_find(struct virtio *v, u32 kind);

/*
 * Boot: agrees on VERSION_1 and those of the wanted features that the device
 * has, makes the queue, and lets the device run.  Panics if the device refuses.
 */
void virtio_start(struct virtio *v, u64 wanted);

/* Gives the device the chain that begins with descriptor `head`. */
void virtio_give(struct virtio *v, u16 head);

/*
 * Tells it that it was given something: each time, although the device may say
 * that it needs no telling.  To heed that safely takes a fence between our
 * store and our load, which QEMU 7.2 leaves out of what it translates when it
 * runs the harts one at a time, while the device runs beside them.
 */
void virtio_notify(struct virtio *v);

/* A chain the device is done with.  Its head is anything the device says. */
enum virtio_taken {
	VIRTIO_NONE,
	VIRTIO_ONE,
	VIRTIO_TOO_MANY, /* more than it was given */
};
enum virtio_taken virtio_take(struct virtio *v, u32 *head);

/*
 * Quiets the interrupt.  What the device has done before is seen by a
 * virtio_take() after this, and of what it does later it tells again.  False
 * if there is no working device any more.
 */
bool virtio_acknowledge(struct virtio *v);

/* Stops the device: it touches no memory any more. */
void virtio_stop(struct virtio *v);

/* Word i of the configuration, which each kind has its own of. */
u32 virtio_config(struct virtio *v, u32 i);
