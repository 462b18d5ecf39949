/*
 * Processes that look for objects which are not in memory: each object is read
 * once, whoever stalls for it or for a request of the disk's is woken, and
 * nobody sees it before it is filled in.
 *
 * One process is loaded on each hart; the RAM disk takes its time.  Options:
 * objects=2: every second process looks for another one; requests=N (1); move=1:
 * the second process sees to it first that the objects have gone home, to other
 * blocks, and to another index there.
 *
 * Links: kernel/lock/spin.c kernel/lock/discipline/serial.c kernel/cap/cap.c
 *	kernel/obj/slot.c
 *	kernel/wait/hook.c kernel/wait/queue.c kernel/sched/sched.c
 *	kernel/sched/timed.c kernel/proc/meet.c kernel/dev/line.c
 *	kernel/dev/disk.c kernel/dev/ramdisk.c kernel/store/fetch.c
 *	kernel/store/crowd.c
 *	kernel/proc/process.c kernel/proc/dispatch.c kernel/trap/txn.c
 *	solutions/02-transient-pins/pin.c
 *	solutions/01-interrupt-deferral/defer.c solutions/03-mrow-locks/mrow.c
 *	solutions/04-stall-queues/stall.c solutions/05-halting/halt.c
 *	solutions/05-halting/shoot.c
 */
#include "processes.h"

#include <dev/disk.h>
#include <dev/ramdisk.h>
#include <mem/frame.h>
#include <obj/age.h>
#include <store/crowd.h>
#include <store/fetch.h>
#include <store/place.h>

#define OBJECTS 2

static struct spinlock bucket = SPINLOCK(LR_BUCKET);
static struct node nodes[OBJECTS];
static struct obj *hash[OBJECTS]; /* under bucket */
static u64 contents[OBJECTS];     /* set when an object is filled in */
static bool found[PROCS_MAX];     /* each by the process's own hart */
static char image[(2 * OBJECTS + 1) * DISK_BLOCK];
static bool moved;                /* under store_lock */

void *direct(paddr_t pa)
{
	return (void *)pa.raw;
}

paddr_t direct_paddr(const void *p)
{
	return PADDR((u64)p);
}

void *frames_carve(size_t bytes, const char *what)
{
	static char room[OBJECTS][DISK_BLOCK];
	static u32 used;
	explore_require(bytes == DISK_BLOCK && used < OBJECTS,
			"no room for the %s", what);
	return room[used++];
}

const struct disk_device *disk_find(void)
{
	return ramdisk_init(image, sizeof(image), 50, 1);
}

struct spinlock store_lock = SPINLOCK(LR_STORE);

struct place place_find_locked(enum obj_kind kind, u64 oid)
{
	if (kind != OK_NODE)
		return (struct place){ 0 };
	return (struct place){ .block = oid + 1 + (moved ? OBJECTS : 0),
			       .index = moved };
}

const char *obj_kind_name(enum obj_kind kind)
{
	(void)kind;
	return "node";
}

/* There is a header for each; and none is damaged. */
void obj_make_room(enum obj_kind kind)
{
	(void)kind;
}

void obj_remove(struct obj *o)
{
	explore_require(false, "object %lu is removed", o->oid);
}

void txn_fault(u32 fault, u64 oid, u64 kind)
{
	explore_require(false, "fault %u: object %lu of kind %lu", fault, oid,
			kind);
	for (;;)
		;
}

static struct obj *lookup(u64 oid)
{
	spin_lock(&bucket);
	struct obj *o = hash[oid];
	spin_unlock(&bucket);
	return o;
}

struct obj *obj_insert(enum obj_kind kind, u64 oid, enum residency residency)
{
	struct obj *o = NULL;
	spin_lock(&bucket);
	if (!hash[oid]) {
		o = hash[oid] = &nodes[oid].obj;
		o->kind = (u8)kind;
		o->oid = oid;
		atomic32_store_release(&o->residency, residency);
	}
	spin_unlock(&bucket);
	return o;
}

void obj_arrive(struct obj *o, enum residency as)
{
	atomic32_store_release(&o->residency, as);
}

bool record_fill(struct obj *o, void *block, const struct place *at,
		 const char **why)
{
	const u64 *records = block;
	(void)why;
	explore_require(!contents[o->oid], "object %lu is filled in twice",
			o->oid);
	explore_require(records[at->index],
			"object %lu is taken from the place of another",
			o->oid);
	contents[o->oid] = records[at->index];
	return true;
}

static void move(void)
{
	explore_note("the objects are home now");
	spin_lock(&store_lock);
	moved = true;
	spin_unlock(&store_lock);
}

static noreturn void look(void)
{
	u64 self = (u64)(proc_current() - procs);
	u64 oid = self % explore_option("objects", 1);
	struct obj *o;
	if (self == 1 && explore_option("move", 0))
		move();
	explore_note("process %lu looks for object %lu", self, oid);
	while (!(o = lookup(oid)) || !obj_is_here(o))
		obj_fetch(OK_NODE, oid, o);
	explore_require(contents[oid] == oid + 1,
			"process %lu finds object %lu before it is filled in",
			self, oid);
	found[self] = true;
	process_ends();
}

static noreturn void enter(void)
{
	process_enters(look);
}

static void user(void)
{
	explore_trap(enter);
}

static void setup(void)
{
	processes_init();
	explore_quiet(&disk_counts, sizeof(disk_counts));
	disk_init(explore_option("requests", 1));
	for (u64 i = 0; i < OBJECTS; i++)
		((u64 *)(image + (i + 1) * DISK_BLOCK))[0] =
			((u64 *)(image + (i + 1 + OBJECTS) * DISK_BLOCK))[1] =
				i + 1;
	crowds_init();
	for (u32 i = 0; i < hart_count(); i++)
		process_load(process_make("looker", 5), i);
}

static void final(void)
{
	u64 objects = explore_option("objects", 1);
	for (u32 i = 0; i < proc_count; i++)
		explore_require(found[i],
				"process %u never found its object, and every "
				"hart idles", i);
	explore_require(atomic64_load_relaxed(&fetch_counts[OK_NODE]) == objects,
			"%lu objects took %lu reads", objects,
			atomic64_load_relaxed(&fetch_counts[OK_NODE]));
}

const struct scenario scenario = {
	.expects = "every object to be read once, and all who look for it to "
		   "find it",
	.harts = 2,
	.setup = setup,
	.user = user,
	.final = final,
	.body = { hart_with_process, hart_with_process, hart_with_process,
		  hart_with_process },
};
