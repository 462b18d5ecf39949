#include <base/string.h>
#include <diag/args.h>
#include <diag/check.h>
#include <mem/frame.h>
#include <store/ckpt.h>
#include <store/crowd.h>
#include <store/place.h>

/* Under the store lock. */
static struct link free_jobs, ready_jobs;
static struct job *open[OK_COUNT]; /* the pot that is being filled, by kind */

void jobs_init(void)
{
	u64 n = arg_number("jobs", JOBS);
	if (n < JOBS_MIN)
		panic("boot arguments", "jobs=%lu: %u are needed", n, JOBS_MIN);
	struct job *j = frames_carve(n * sizeof(*j), "jobs");
	link_init(&free_jobs);
	link_init(&ready_jobs);
	for (; n--; j++) {
		void *frame = frames_carve(FORMAT_BLOCK, "jobs");
		j->frame = direct_paddr(frame);
		link_insert_before(&free_jobs, &j->link);
	}
}

static struct job *first_of(struct link *list)
{
	struct link *l = list->next;
	if (l == list)
		return NULL;
	link_remove(l);
	return container_of(l, struct job, link);
}

struct job *job_take_locked(u64 generation, enum obj_kind kind)
{
	struct job *j = first_of(&free_jobs);
	if (!j)
		return NULL;
	j->generation = generation;
	j->kind = kind;
	j->count = 0;
	j->io.request.op = DISK_WRITE;
	j->io.request.memory = j->frame;
	ckpt.under_way[generation % 2]++;
	return j;
}

void job_give_back_locked(struct job *j)
{
	ckpt.under_way[j->generation % 2]--;
	link_insert_before(&free_jobs, &j->link);
	crowd_wake(CROWD_LOG);
}

static void save(struct job *j, struct obj *o, bool copy)
{
	void *frame = direct(j->frame);
	if (o->kind != OK_PAGE)
		record_save(o, frame, j->count);
	else if (copy)
		memcpy(frame, direct(obj_page(o)->frame), PAGE_SIZE);
	else
		j->io.request.memory = obj_page(o)->frame;
}

void job_add_locked(struct job *j, struct obj *o, bool copy, u64 block)
{
	kassert(j->count < place_per_block(o->kind));
	if (j->count == 0 && o->kind != OK_PAGE)
		memset(direct(j->frame), 0, FORMAT_BLOCK);
	save(j, o, copy);
	j->io.request.block = block;
	j->object[j->count].obj = copy ? NULL : o;
	j->object[j->count].oid = o->oid;
	j->object[j->count].at = (struct place){
		.block = block, .index = j->count, .version = o->version,
	};
	j->count++;
}

void job_ready_locked(struct job *j)
{
	link_insert_before(&ready_jobs, &j->link);
}

/* Into a pot, which is opened if there is none. */
static bool put_in_pot_locked(struct obj *o, bool copy)
{
	struct job *j = open[o->kind];
	u64 block;
	if (!j) {
		j = job_take_locked(ckpt.next - 1, o->kind);
		if (!j)
			return false;
		open[o->kind] = j;
		block = log_take_locked(LOG_STABLE);
	} else {
		block = j->io.request.block;
	}
	job_add_locked(j, o, copy, block);
	if (j->count == place_per_block(o->kind)) {
		open[o->kind] = NULL;
		job_ready_locked(j);
	}
	return true;
}

static bool put_page_locked(struct obj *o, bool copy)
{
	struct job *j = job_take_locked(ckpt.next - 1, OK_PAGE);
	if (!j)
		return false;
	job_add_locked(j, o, copy, log_page_block_locked(LOG_STABLE, o->oid));
	job_ready_locked(j);
	return true;
}

bool job_put_locked(struct obj *o, bool copy)
{
	return o->kind == OK_PAGE ? put_page_locked(o, copy)
				  : put_in_pot_locked(o, copy);
}

void jobs_close_pots_locked(void)
{
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		if (open[kind])
			job_ready_locked(open[kind]);
		open[kind] = NULL;
	}
}

static void written(struct store_io *io)
{
	ckpt_written(container_of(io, struct job, io));
}

/* The checksums of what is in it: nobody changes that now. */
static void seal(struct job *j)
{
	void *block = direct(j->io.request.memory);
	for (u32 i = 0; i < j->count; i++)
		j->object[i].at.crc = record_seal(j->kind, block, i);
}

static struct job *take_ready(void)
{
	spin_lock(&store_lock);
	struct job *j = first_of(&ready_jobs);
	if (!link_is_alone(&ready_jobs))
		ckpt_kick();
	spin_unlock(&store_lock);
	return j;
}

void jobs_start(void)
{
	struct job *j = take_ready();
	if (!j)
		return;
	seal(j);
	j->io.done = written;
	io_start(&j->io);
}
