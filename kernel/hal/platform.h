/* The machine the kernel was started on, and leaving it. */
#pragma once

#include <base/types.h>

#define PLATFORM_VIRTIO_MAX 32

struct platform_device {
	u64 registers; /* physical address of the first (hal/io.h) */
	u32 line;      /* its interrupt (hal/irq.h) */
};

struct platform {
	paddr_t memory_start;  /* first byte of RAM */
	u64 memory_size;       /* bytes */
	paddr_t initrd_start;  /* the boot image, if initrd_size is not 0 */
	u64 initrd_size;
	paddr_t free_start;    /* first byte past the kernel, page aligned */
	u32 harts;             /* in the device tree, at most HARTS_MAX */
	char bootargs[256];
	u32 virtio_slots;      /* where a virtio device may be */
	struct platform_device virtio[PLATFORM_VIRTIO_MAX];
};

/* Immutable once boot_main() runs. */
extern struct platform platform;

/*
 * Starts hart `id` (of hart.id), which calls `entry` on its own stack with
 * interrupts disabled and the direct map loaded.  Panics if the platform
 * refuses.
 */
void hart_start(u32 id, void (*entry)(void));

/*
 * Real time when the kernel was started, in nanoseconds since 1970; 0 if the
 * machine has no clock that knows it.
 */
u64 platform_real_time(void);

/* Prints on the serial line, waiting until all is taken. */
void platform_write(const char *text, size_t n);

/* Ends the machine; the emulator exits with this status (0 to 255). */
void platform_exit(u8 status) noreturn;
