/* What the machine is, as its device tree tells; starting it, and leaving. */
#include "clmul.h"
#include "csr.h"
#include "fdt.h"
#include "harts.h"
#include "plic.h"
#include "sbi.h"
#include "timer.h"
#include "trap.h"
#include "uart.h"

#include <base/string.h>
#include <hal/io.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <hal/platform.h>
#include <hal/upcall.h>

#define FINISH_PASS 0x5555u
#define FINISH_FAIL 0x3333u

struct platform platform;

static u64 finisher; /* address of the test device; 0 if there is none */
static u64 real_time; /* ns since 1970 when the kernel started, or 0 */

/* kernel.ld */
extern char kernel_end[];

static void missing(const char *what) noreturn;
static void missing(const char *what)
{
	panic("platform",
	      "the device tree has no %s; "
	      "the kernel is made for qemu-system-riscv64 -M virt",
	      what);
}

/* Goes to the first device of the model; gives the address of its registers. */
static u64 find_device(struct fdt_node *n, const char *model)
{
	u64 address, size;
	*n = FDT_START;
	if (!fdt_next_compatible(n, model) || !fdt_reg(n, &address, &size))
		return 0;
	return address;
}

static void learn_uart(void)
{
	struct fdt_node n;
	u64 address = find_device(&n, "ns16550a");
	if (!address)
		missing("serial line (ns16550a)");
	uart_init(address);
}

static void learn_finisher(void)
{
	struct fdt_node n;
	finisher = find_device(&n, "sifive,test0");
}

/* Reading the low half latches the high one. */
static void learn_real_time(void)
{
	struct fdt_node n;
	u64 clock = find_device(&n, "google,goldfish-rtc");
	if (!clock)
		return;
	u64 low = io_read32(clock);
	real_time = (u64)io_read32(clock + 4) << 32 | low;
}

/* Those without an interrupt line below IRQ_LINES are of no use. */
static void learn_virtio(void)
{
	struct fdt_node n = FDT_START;
	u64 address, size, line;
	while (platform.virtio_slots < PLATFORM_VIRTIO_MAX &&
	       fdt_next_compatible(&n, "virtio,mmio"))
		if (fdt_reg(&n, &address, &size) &&
		    fdt_number(&n, "interrupts", &line) && line < IRQ_LINES)
			platform.virtio[platform.virtio_slots++] =
				(struct platform_device){ address, (u32)line };
}

static void learn_memory(void)
{
	struct fdt_node n = FDT_START;
	if (!fdt_next_named(&n, "memory") ||
	    !fdt_reg(&n, &platform.memory_start.raw, &platform.memory_size))
		missing("memory node with a reg");
	platform.free_start = direct_paddr(kernel_end);
}

static void learn_chosen(void)
{
	struct fdt_node n = FDT_START;
	u64 start, end;
	if (!fdt_next_named(&n, "chosen"))
		missing("chosen node");
	string_copy(platform.bootargs, fdt_string(&n, "bootargs"),
		    sizeof(platform.bootargs));
	if (fdt_number(&n, "linux,initrd-start", &start) &&
	    fdt_number(&n, "linux,initrd-end", &end)) {
		platform.initrd_start = PADDR(start);
		platform.initrd_size = end - start;
	}
}

static bool is_usable(const struct fdt_node *cpu)
{
	u32 size;
	return !fdt_get(cpu, "status", &size) ||
	       fdt_has_string(cpu, "status", "okay");
}

/* Extensions stand in a string of names joined by _, or in a list of names. */
static bool has_extension(const struct fdt_node *cpu, const char *name)
{
	const char *isa = fdt_string(cpu, "riscv,isa");
	size_t n = strlen(name);
	for (; *isa; isa++)
		if (*isa == '_' && strncmp(isa + 1, name, n) == 0 &&
		    (isa[n + 1] == '_' || isa[n + 1] == 0))
			return true;
	return fdt_has_string(cpu, "riscv,isa-extensions", name);
}

/*
 * Numbers the harts in the order of the tree.  If there are too many, the
 * boot hart is among those used wherever it stands, because it runs already.
 */
static void learn_harts(u64 boot_hw_id)
{
	struct fdt_node n = FDT_START;
	u64 hw_id, size;
	bool sstc = true, zbc = true, boot_added = false;
	while (fdt_next_named(&n, "cpu")) {
		if (!is_usable(&n) || !fdt_reg(&n, &hw_id, &size))
			continue;
		bool boot = hw_id == boot_hw_id;
		u32 room = HARTS_MAX - (boot || boot_added ? 0 : 1);
		if (platform.harts >= room)
			continue;
		hart_add(hw_id);
		boot_added |= boot;
		sstc &= has_extension(&n, "sstc");
		zbc &= has_extension(&n, "zbc");
	}
	if (!boot_added)
		missing("cpu node of the hart it was started on");
	hart_adopt(boot_hw_id);
	timer_init(sstc);
	if (zbc)
		crc32c_use(clmul_fold);
}

static void learn_clock(void)
{
	struct fdt_node n = FDT_START;
	u64 hertz;
	if (!fdt_next_named(&n, "cpus") ||
	    !fdt_number(&n, "timebase-frequency", &hertz))
		missing("timebase-frequency of the cpus");
	if (hertz != TICKS_PER_S)
		panic("platform", "the clock runs at %lu Hz, not at %lu", hertz,
		      TICKS_PER_S);
}

/* The phandle of the interrupt controller inside a hart, 0 if not found. */
static u64 local_controller(u64 of_hw_id)
{
	struct fdt_node n = FDT_START;
	u64 hw_id, size, phandle;
	while (fdt_next_named(&n, "cpu"))
		if (fdt_reg(&n, &hw_id, &size) && hw_id == of_hw_id &&
		    fdt_next_compatible(&n, "riscv,cpu-intc") &&
		    fdt_number(&n, "phandle", &phandle))
			return phandle;
	return 0;
}

/*
 * The contexts of the PLIC are the entries of interrupts-extended, each the
 * controller inside a hart and the interrupt raised there.
 */
static u32 find_context(const struct fdt_node *plic, u64 hw_id)
{
	u32 size;
	const void *list = fdt_get(plic, "interrupts-extended", &size);
	u64 controller = local_controller(hw_id);
	for (u32 context = 0; context < size / 8; context++)
		if (fdt_cell(list, 2 * context) == controller &&
		    fdt_cell(list, 2 * context + 1) == IRQ_EXTERNAL)
			return context;
	missing("interrupt controller context of the boot hart");
}

static void learn_plic(u64 boot_hw_id)
{
	struct fdt_node n;
	u64 sources, address = find_device(&n, "riscv,plic0");
	if (!address || !fdt_number(&n, "riscv,ndev", &sources))
		missing("interrupt controller (riscv,plic0) with riscv,ndev");
	plic_init(address, (u32)sources, find_context(&n, boot_hw_id));
}

/* entry.S comes here with tp at hart 0, on its stack. */
void platform_start(u64 hw_id, paddr_t device_tree)
{
	if (!fdt_open(direct(device_tree)))
		panic("platform", "no device tree at %lx", device_tree.raw);
	learn_finisher(); /* first: a panic needs it for its status */
	learn_uart();
	sbi_init();
	learn_memory();
	learn_chosen();
	learn_clock();
	learn_harts(hw_id);
	learn_plic(hw_id);
	learn_virtio();
	learn_real_time();
	hart_set_up();
	hart_reset_stack(boot_main);
}

u64 platform_real_time(void)
{
	return real_time;
}

void platform_write(const char *text, size_t n)
{
	if (uart_is_known())
		uart_write(text, n);
	else
		while (n--)
			sbi_putc(*text++);
}

void platform_exit(u8 status)
{
	if (finisher)
		io_write32(finisher, status ? (u32)status << 16 | FINISH_FAIL
					    : FINISH_PASS);
	sbi_shutdown();
	for (;;)
		irqs_wait();
}
