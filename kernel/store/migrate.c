#include <base/string.h>
#include <diag/check.h>
#include <mem/frame.h>
#include <store/ckpt.h>
#include <store/migrate.h>
#include <store/place.h>

#define MOVERS 4

/* What a mover is at, in this order. */
enum moving {
	IDLE,
	READ_HOME, /* of a pot */
	READ_LOG,
	WRITE_HOME,
	WRITE_INFO,
};

/* One block on its way. */
static struct mover {
	struct store_io io;
	paddr_t home, log; /* two frames, immutable */
	enum moving at;    /* under the store lock */
	struct log_entry *entry; /* the object that is read from the log */
	u64 first;         /* of the objects in the home block: OID; */
	u64 next;          /* the next to look for */
	u64 block;         /* their home */
	u64 log_block;     /* what `log` holds, or 0 */
} movers[MOVERS];

/* Under the store lock. */
static struct log_entry *last; /* taken up */
static bool all_taken;
static u64 next_info;

static void moved(struct store_io *io);

void migrate_init(void)
{
	for (unsigned i = 0; i < MOVERS; i++) {
		void *frames = frames_carve(2 * FORMAT_BLOCK, "migration");
		movers[i].home = direct_paddr(frames);
		movers[i].log = PADDR(movers[i].home.raw + FORMAT_BLOCK);
		movers[i].io.done = moved;
	}
}

void migrate_begin_locked(void)
{
	last = NULL;
	all_taken = false;
	next_info = 0;
}

static void set_up(struct mover *m, enum moving at, enum disk_op op, u64 block,
		   paddr_t memory)
{
	m->at = at;
	m->io.request.op = op;
	m->io.request.block = block;
	m->io.request.memory = memory;
}

/* The next entry that nobody has taken up; all of its block are then. */
static struct log_entry *take_entry_locked(void)
{
	struct log_entry *e = last;
	do {
		e = log_after_locked(LOG_STABLE, e);
	} while (e && e->moved);
	if (e)
		last = e;
	else
		all_taken = true;
	return e;
}

/* From m->next on: the next object of the block that is in the log. */
static struct log_entry *find_next_locked(struct mover *m, enum obj_kind kind)
{
	u64 end = m->first + place_per_block(kind);
	for (; m->next < end; m->next++) {
		struct log_entry *e =
			log_find_locked(LOG_STABLE, kind, m->next);
		if (!e)
			continue;
		m->next++;
		e->moved = true;
		return e;
	}
	return NULL;
}

static void begin_locked(struct mover *m, struct log_entry *e)
{
	m->entry = e;
	m->first = e->oid - place_home_index(e->kind, e->oid);
	m->log_block = 0;
	m->next = m->first;
	m->block = place_home_block(e->kind, e->oid);
	if (e->kind != OK_PAGE) {
		set_up(m, READ_HOME, DISK_READ, m->block, m->home);
		return;
	}
	e->moved = true;
	set_up(m, READ_LOG, DISK_READ, e->at.block, m->log);
}

/* What was read from the log is whole. */
static bool is_sound(const struct mover *m)
{
	const struct log_entry *e = m->entry;
	void *block = direct(m->log);
	struct disk_record *r = record_at(e->kind, block, e->at.index);
	if (e->kind == OK_PAGE)
		return disk_crc(block, FORMAT_BLOCK) == e->at.crc;
	return r->crc == e->at.crc && record_is_sound(e->kind, e->oid, r);
}

/* The record goes to its place in the pot. */
static void put_record(struct mover *m)
{
	const struct log_entry *e = m->entry;
	u32 index = place_home_index(e->kind, e->oid);
	memcpy(record_at(e->kind, direct(m->home), index),
	       record_at(e->kind, direct(m->log), e->at.index),
	       record_size(e->kind));
}

/*
 * A pot gets its next object, from the block of the log that is here or from
 * another that is to be read; or it is complete.  Most came into the log
 * together, so one block has several.
 */
static void go_on_with_pot_locked(struct mover *m)
{
	struct log_entry *e;
	while ((e = find_next_locked(m, m->entry->kind))) {
		m->entry = e;
		if (e->at.block != m->log_block || !is_sound(m)) {
			m->log_block = e->at.block;
			set_up(m, READ_LOG, DISK_READ, e->at.block, m->log);
			return;
		}
		put_record(m);
	}
	set_up(m, WRITE_HOME, DISK_WRITE, m->block, m->home);
}

/* The transfer is done: sets up the next.  False: the block in the log is bad. */
static bool go_on_locked(struct mover *m)
{
	if (m->at == READ_LOG && !is_sound(m))
		return false;
	if (m->at == READ_HOME) {
		go_on_with_pot_locked(m);
	} else if (m->at == READ_LOG && m->entry->kind == OK_PAGE) {
		set_up(m, WRITE_HOME, DISK_WRITE, m->block, m->log);
	} else if (m->at == READ_LOG) {
		put_record(m);
		go_on_with_pot_locked(m);
	} else {
		if (m->at == WRITE_HOME && m->entry->kind == OK_PAGE)
			place_note_home_locked(m->entry->oid, &m->entry->at);
		m->at = IDLE;
	}
	return true;
}

static void moved(struct store_io *io)
{
	struct mover *m = container_of(io, struct mover, io);
	spin_lock(&store_lock);
	bool sound = go_on_locked(m);
	bool idle = m->at == IDLE;
	spin_unlock(&store_lock);
	if (!sound)
		io_damaged(io, "an object of the checkpoint");
	else if (idle)
		ckpt_kick();
	else
		io_start(io);
}

static bool all_idle_locked(void)
{
	for (unsigned i = 0; i < MOVERS; i++)
		if (movers[i].at != IDLE)
			return false;
	return true;
}

/* Gives an idle mover something to do.  False: there is nothing. */
static bool occupy_locked(struct mover *m)
{
	struct log_entry *e = all_taken ? NULL : take_entry_locked();
	if (e) {
		begin_locked(m, e);
		return true;
	}
	/* The page information only when all pages are home. */
	if (m->at != IDLE || !all_idle_locked())
		return false;
	u64 block = place_next_info_locked(&next_info, direct(m->home));
	if (block)
		set_up(m, WRITE_INFO, DISK_WRITE, block, m->home);
	return block != 0;
}

bool migrate_step(void)
{
	for (unsigned i = 0; i < MOVERS; i++) {
		spin_lock(&store_lock);
		bool begun = movers[i].at == IDLE && occupy_locked(&movers[i]);
		spin_unlock(&store_lock);
		if (begun)
			io_start(&movers[i].io);
	}
	spin_lock(&store_lock);
	bool done = all_taken && all_idle_locked() &&
		    place_info_is_done(next_info);
	spin_unlock(&store_lock);
	return done;
}
