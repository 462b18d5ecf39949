/*
 * Lab 6: records what is written to the disk, and what every object was at the
 * moment of each snapshot (kernel/store/ckpt.h, invariants 1, 3 and 4).
 *
 * It stands between the mechanism and the disk, and around the snapshot; so it
 * sees what happens, not what somebody says has happened.  The grader reads it
 * out of memory when the machine has ended, and asks the image checker.
 */
#include <boot/scenario.h>
#include <base/string.h>
#include <diag/args.h>
#include <diag/check.h>
#include <dev/disk.h>
#include <hal/irq.h>
#include <mem/frame.h>
#include <proc/process.h>
#include <sched/timed.h>
#include <store/ckpt.h>
#include <store/record.h>
#include <trap/check_all.h>
#include <wait/queue.h>

#define UNDER_WAY_MAX 256
#define PROCESSES_MAX 64

void __real_disk_submit(struct disk_request *r);
void __wrap_disk_submit(struct disk_request *r);
void __real_disk_done(struct disk_request *r);
void __wrap_disk_done(struct disk_request *r);
void __real_ckpt_snapshot(void);
void __wrap_ckpt_snapshot(void);
bool __real_ckpt_write_locked(struct obj *o);
bool __wrap_ckpt_write_locked(struct obj *o);
void __real_index_list(u64 oid);
void __wrap_index_list(u64 oid);
void __real_check_all(void);
void __wrap_check_all(void);

/* A write or a flush that ended well, in the order in which they ended. */
struct entry {
	u64 flush;    /* 1; then the rest is 0 */
	u64 block;
	u64 changed;  /* somebody wrote to its memory meanwhile */
	u64 durable;  /* generation that was said to be durable by then */
};

/* What an object was at a snapshot. */
struct witness {
	u64 generation;
	u32 kind, change;
	u64 oid;
	u32 version, crc;
};

/* Not static: the grader reads it from outside. */
struct {
	u64 entries, entries_max;
	struct entry *entry;
	char *data;               /* DISK_BLOCK bytes for each entry */
	u64 witnesses, witnesses_max;
	struct witness *witness;
	u64 lost;                 /* what there was no room for */
	u64 snapshots;
	u64 pause, dirty, listed; /* of the last one */
	u64 groups[QUEUE_GROUPS]; /* listed, of all snapshots, by queue */
	u64 rings;                /* on rings of objects */
	u64 log_queue;            /* its index in queues[] */
	u64 boot[PROCESSES_MAX];  /* by OID: has work to do, at boot */
} record;

static struct spinlock lock = SPINLOCK(LR_FRAMES); /* of entries, under_way */
static struct {
	struct disk_request *request;
	u64 hash;
} under_way[UNDER_WAY_MAX];

/* In a meeting, or booting: one hart. */
static u64 has_work[PROCESSES_MAX], was_listed[PROCESSES_MAX];
static char *scratch;
static u64 quick, hold;
static u64 held_until; /* under the store lock */

/* Of what the disk is to have. */
static u64 hash_of(const struct disk_request *r)
{
	const u64 *word = direct(r->memory);
	u64 hash = 0;
	for (unsigned i = 0; i < DISK_BLOCK / sizeof(u64); i++)
		hash = (hash ^ word[i]) * 0x100000001b3ul;
	return hash;
}

static unsigned place_of(const struct disk_request *r)
{
	unsigned i = 0;
	while (i < UNDER_WAY_MAX && under_way[i].request != r)
		i++;
	if (i == UNDER_WAY_MAX)
		panic("lab 6", "too many requests are under way");
	return i;
}

void __wrap_disk_submit(struct disk_request *r)
{
	if (r->op != DISK_READ) {
		spin_lock(&lock);
		unsigned i = place_of(NULL);
		under_way[i].request = r;
		under_way[i].hash = r->op == DISK_WRITE ? hash_of(r) : 0;
		spin_unlock(&lock);
	}
	__real_disk_submit(r);
}

static void note_locked(const struct disk_request *r, u64 hash)
{
	if (record.entries == record.entries_max) {
		record.lost++;
		return;
	}
	u64 i = record.entries++;
	record.entry[i] = (struct entry){ .flush = r->op == DISK_FLUSH,
					     .durable = ckpt.durable };
	if (r->op == DISK_FLUSH)
		return;
	record.entry[i].block = r->block;
	record.entry[i].changed = hash != hash_of(r);
	memcpy(record.data + i * DISK_BLOCK, direct(r->memory), DISK_BLOCK);
}

void __wrap_disk_done(struct disk_request *r)
{
	if (r->op != DISK_READ) {
		spin_lock(&lock);
		unsigned i = place_of(r);
		under_way[i].request = NULL;
		if (!r->failed)
			note_locked(r, under_way[i].hash);
		spin_unlock(&lock);
	}
	__real_disk_done(r);
}

/* The CRC that it has, or would have, on the disk. */
static u32 crc_of(struct obj *o)
{
	if (o->kind == OK_PAGE)
		return disk_crc(direct(obj_page(o)->frame), PAGE_SIZE);
	record_save(o, scratch, 0);
	return record_seal(o->kind, scratch, 0);
}

/* Of an object that is coming in there is nothing to be seen yet. */
static void witness_all(enum obj_kind kind)
{
	for (u64 i = 0; i < obj_headers_used(kind); i++) {
		struct obj *o = obj_at(kind, i);
		if (!o || atomic32_load_acquire(&o->residency) != OBJ_HERE)
			continue;
		if (record.witnesses == record.witnesses_max) {
			record.lost++;
			continue;
		}
		record.witness[record.witnesses++] = (struct witness){
			.generation = ckpt.next, .kind = kind, .oid = o->oid,
			.change = atomic32_load_relaxed(&o->change),
			.version = o->version, .crc = crc_of(o),
		};
	}
}

static enum queue_group group_of(int index)
{
	unsigned g = QUEUE_GROUPS - 1;
	while (index < queue_index(queue_ring(g, 0)))
		g--;
	return g;
}

/* Whether it is to be listed: by where its hook is. */
static void look_at_process(struct obj *o)
{
	struct ring *r = hook_ring(&obj_process(o)->base.hook);
	if (o->oid >= PROCESSES_MAX)
		panic("lab 6", "process %lu: the recorder has no room", o->oid);
	has_work[o->oid] = r && r != queue_ring(Q_WORRY, 0);
	if (!r)
		return;
	int index = queue_index(r);
	if (index < 0)
		record.rings++;
	else
		record.groups[group_of(index)]++;
}

static void look_at_processes(void)
{
	memset(has_work, 0, sizeof(has_work));
	for (u64 i = 0; i < obj_headers_used(OK_PROCESS); i++) {
		struct obj *o = obj_at(OK_PROCESS, i);
		if (o)
			look_at_process(o);
	}
}

void __wrap_index_list(u64 oid)
{
	if (oid < PROCESSES_MAX)
		was_listed[oid]++;
	record.listed++;
	__real_index_list(oid);
}

static const char *name_of(u64 oid)
{
	struct obj *o = obj_find(OK_PROCESS, oid);
	return o ? obj_process(o)->name : "?";
}

static void check_list(u64 generation)
{
	for (u64 i = 0; i < PROCESSES_MAX; i++) {
		if (was_listed[i] == has_work[i])
			continue;
		panic("lab 6",
		      "generation %lu: process %lu (%s) has %s, and is listed "
		      "%lu times",
		      generation, i, name_of(i),
		      has_work[i] ? "work to do" : "no work to do",
		      was_listed[i]);
	}
}

void __wrap_ckpt_snapshot(void)
{
	u64 generation = ckpt.next;
	look_at_processes();
	for (unsigned kind = 0; kind < OK_COUNT && !quick; kind++)
		witness_all(kind);
	memset(was_listed, 0, sizeof(was_listed));
	record.listed = 0;
	record.dirty = ckpt.dirty_count;
	u64 began = time_now();
	__real_ckpt_snapshot();
	record.pause = time_now() - began;
	record.snapshots++;
	held_until = time_now() + hold;
	check_list(generation);
}

/* There is no job for it yet: whoever writes to it may come first. */
bool __wrap_ckpt_write_locked(struct obj *o)
{
	if (time_now() >= held_until)
		return __real_ckpt_write_locked(o);
	timed_alarm(held_until);
	return false;
}

void __wrap_check_all(void)
{
	if (!quick)
		__real_check_all();
}

static void note_boot(void)
{
	look_at_processes();
	memcpy(record.boot, has_work, sizeof(has_work));
	memset(record.groups, 0, sizeof(record.groups));
	record.rings = 0;
}

/*
 * record=N: room for so many writes and flushes; witness=N: for the objects of
 * all snapshots; every=US: a checkpoint is taken so often; hold=US: so long after a
 * snapshot nothing of it is written but what has to be; quick=1: looks at no
 * objects, where it is time that matters.
 */
void scenario_boot(void)
{
	u64 every = arg_number("every", 0) * TICKS_PER_US;
	quick = arg_number("quick", 0);
	hold = arg_number("hold", 0) * TICKS_PER_US;
	record.entries_max = arg_number("record", 3000);
	record.entry = frames_carve(record.entries_max * sizeof(struct entry),
				    "record");
	record.data = frames_carve(record.entries_max * DISK_BLOCK, "record");
	record.witnesses_max = arg_number("witness", 40000);
	record.witness = frames_carve(
		record.witnesses_max * sizeof(struct witness), "witnesses");
	scratch = frames_carve(PAGE_SIZE, "scratch");
	record.log_queue = (u64)queue_index(queue_ring(Q_LOG, 0));
	note_boot();
	spin_lock(&store_lock);
	if (every)
		ckpt_set_interval_locked(every);
	spin_unlock(&store_lock);
}
