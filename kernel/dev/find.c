/* Which disk there is, and what the boot arguments want to go wrong with it. */
#include <dev/device.h>
#include <dev/faults.h>
#include <dev/ramdisk.h>
#include <dev/virtio_blk.h>
#include <diag/args.h>
#include <hal/platform.h>
#include <hal/upcall.h>

static const struct disk_device *find(void)
{
	const struct disk_device *device = virtio_blk_find();
	if (device)
		return device;
	if (platform.initrd_size < DISK_BLOCK)
		panic("disk", "none: QEMU needs a virtio-blk disk (make run "
			      "makes one) or -initrd IMAGE");
	return ramdisk_init(direct(platform.initrd_start),
			    platform.initrd_size, arg_number("slow", 0),
			    arg_number("seed", 1));
}

const struct disk_device *disk_find(void)
{
	const struct faults wanted = {
		.fail_read = arg_number("fail_read", NO_BLOCK),
		.fail_write = arg_number("fail_write", 0),
		.fail_writes = arg_number("fail_writes", 0),
		.fail_flush = arg_number("fail_flush", 0),
		.gone = arg_number("gone", 0),
		.cut = arg_number("cut", 0),
	};
	return faults_before(find(), &wanted);
}
