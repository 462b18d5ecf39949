#include <dev/virtio.h>
#include <hal/platform.h>
#include <hal/upcall.h>
#include <mem/frame.h>

#define MAGIC 0x74726976u
#define VERSION 2u

/* Registers. */
#define R_MAGIC 0x00
#define R_VERSION 0x04
#define R_KIND 0x08
#define R_OFFERED 0x10
#define R_OFFERED_WORD 0x14
#define R_ACCEPTED 0x20
#define R_ACCEPTED_WORD 0x24
#define R_QUEUE 0x30
#define R_QUEUE_SIZE_MAX 0x34
#define R_QUEUE_SIZE 0x38
#define R_QUEUE_READY 0x44
#define R_NOTIFY 0x50
#define R_INTERRUPT 0x60
#define R_INTERRUPT_ACK 0x64
#define R_STATUS 0x70
#define R_QUEUE_DESC 0x80
#define R_QUEUE_AVAIL 0x90
#define R_QUEUE_USED 0xa0
#define R_CONFIG 0x100

#define STATUS_SEEN 1u
#define STATUS_DRIVER 2u
#define STATUS_RUNS 4u
#define STATUS_FEATURES 8u
#define STATUS_NEEDS_RESET 64u
#define STATUS_GIVEN_UP 128u

static u32 get(const struct virtio *v, u32 at)
{
	return io_read32(v->registers + at);
}

static void put(const struct virtio *v, u32 at, u32 value)
{
	io_write32(v->registers + at, value);
}

static void must(struct virtio *v, bool good, const char *what, u64 value)
{
	if (good)
		return;
	put(v, R_STATUS, STATUS_GIVEN_UP);
	panic("virtio", "the device at %lx %s (%lu)", v->registers, what,
	      value);
}

bool virtio_find(struct virtio *v, u32 kind)
{
	for (u32 i = 0; i < platform.virtio_slots; i++) {
		v->registers = platform.virtio[i].registers;
		v->line = platform.virtio[i].line;
		if (get(v, R_MAGIC) != MAGIC || get(v, R_KIND) != kind)
			continue;
		if (get(v, R_VERSION) != VERSION)
			panic("virtio",
			      "the device at %lx has version %u, this kernel "
			      "drives version %u: QEMU needs "
			      "-global virtio-mmio.force-legacy=false",
			      v->registers, get(v, R_VERSION), VERSION);
		return true;
	}
	return false;
}

static u64 offered(struct virtio *v)
{
	put(v, R_OFFERED_WORD, 0);
	u64 low = get(v, R_OFFERED);
	put(v, R_OFFERED_WORD, 1);
	return (u64)get(v, R_OFFERED) << 32 | low;
}

static void accept(struct virtio *v, u64 wanted)
{
	u64 has = offered(v);
	must(v, has & VIRTIO_F_VERSION_1, "is of no version 1", has);
	v->features = has & (wanted | VIRTIO_F_VERSION_1);
	put(v, R_ACCEPTED_WORD, 0);
	put(v, R_ACCEPTED, (u32)v->features);
	put(v, R_ACCEPTED_WORD, 1);
	put(v, R_ACCEPTED, (u32)(v->features >> 32));
	put(v, R_STATUS, STATUS_SEEN | STATUS_DRIVER | STATUS_FEATURES);
	must(v, get(v, R_STATUS) & STATUS_FEATURES, "refuses the features",
	     v->features);
}

/* Carved memory, and tells the device where it is. */
static void *share(struct virtio *v, u32 at, size_t bytes)
{
	void *p = frames_carve(bytes, "disk queue");
	u64 address = direct_paddr(p).raw;
	put(v, at, (u32)address);
	put(v, at + 4, (u32)(address >> 32));
	return p;
}

static void make_queue(struct virtio *v)
{
	put(v, R_QUEUE, 0);
	u32 most = get(v, R_QUEUE_SIZE_MAX);
	must(v, !get(v, R_QUEUE_READY), "has its queue in use", 0);
	must(v, most >= 4, "has too short a queue", most);
	for (v->size = VIRTIO_QUEUE_MAX; v->size > most;)
		v->size /= 2;
	put(v, R_QUEUE_SIZE, v->size);
	v->desc = share(v, R_QUEUE_DESC, v->size * sizeof(v->desc[0]));
	v->avail = share(v, R_QUEUE_AVAIL, sizeof(*v->avail));
	v->used = share(v, R_QUEUE_USED, sizeof(*v->used));
	io_fence();
	put(v, R_QUEUE_READY, 1);
}

void virtio_start(struct virtio *v, u64 wanted)
{
	virtio_stop(v);
	put(v, R_STATUS, STATUS_SEEN);
	put(v, R_STATUS, STATUS_SEEN | STATUS_DRIVER);
	accept(v, wanted);
	make_queue(v);
	put(v, R_STATUS, STATUS_SEEN | STATUS_DRIVER | STATUS_FEATURES |
				 STATUS_RUNS);
	must(v, !(get(v, R_STATUS) & STATUS_NEEDS_RESET), "does not start",
	     get(v, R_STATUS));
}

void virtio_give(struct virtio *v, u16 head)
{
	io_store16(&v->avail->ring[v->given & (v->size - 1)], head);
	io_fence(); /* the chain and its place, before it counts */
	io_store16(&v->avail->index, ++v->given);
}

void virtio_notify(struct virtio *v)
{
	io_fence();
	put(v, R_NOTIFY, 0);
}

enum virtio_taken virtio_take(struct virtio *v, u32 *head)
{
	u16 done = (u16)(io_load16(&v->used->index) - v->taken);
	if (done == 0)
		return VIRTIO_NONE;
	if (done > (u16)(v->given - v->taken))
		return VIRTIO_TOO_MANY;
	io_fence(); /* the index, before what it counts */
	*head = io_load32(&v->used->ring[v->taken & (v->size - 1)].head);
	v->taken++;
	return VIRTIO_ONE;
}

bool virtio_acknowledge(struct virtio *v)
{
	put(v, R_INTERRUPT_ACK, get(v, R_INTERRUPT));
	io_fence(); /* before any look at what it told of */
	return get(v, R_MAGIC) == MAGIC &&
	       (get(v, R_STATUS) & (STATUS_RUNS | STATUS_NEEDS_RESET)) ==
		       STATUS_RUNS;
}

/* It is stopped when it says so. */
void virtio_stop(struct virtio *v)
{
	put(v, R_STATUS, 0);
	while (get(v, R_MAGIC) == MAGIC && get(v, R_STATUS))
		spin_hint();
	io_fence();
}

u32 virtio_config(struct virtio *v, u32 i)
{
	return get(v, R_CONFIG + 4 * i);
}
