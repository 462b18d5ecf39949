#include <diag/check.h>
#include <mem/frame.h>
#include <store/ckpt.h>
#include <store/crowd.h>
#include <store/log.h>
#include <store/root.h>

#define BUCKETS 1024 /* a power of two */
#define ENTRIES_PER_DIR_BLOCK (FORMAT_BLOCK / sizeof(struct disk_entry))
/* Pots that are not full, one of each kind, and a directory block. */
#define SLACK 3
#define NOWHERE (~0ul)
/* Blocks for what one transaction dirties at most. */
#define DIRTY_MIN 8
/* A checkpoint is asked for when less than this part of the log is left. */
#define PRESSURE 4

struct spinlock store_lock own_line = SPINLOCK(LR_STORE);

/* All under the store lock. */
static u64 start, blocks;   /* immutable after boot */
static u64 head, tail;      /* positions */
static u64 next_begins;     /* position of LOG_NEXT's first block, or NOWHERE */
static struct link buckets[BUCKETS];
static struct link free_entries; /* of log_entry.side */
static u64 entry_room;
static struct side {
	struct link entries;
	u64 count;
	u64 pending[OK_COUNT]; /* reserved, not yet placed */
} sides[LOG_SIDES];
static unsigned turn;      /* sides[turn] is LOG_NEXT */

static unsigned index_of(enum log_side side)
{
	return side == LOG_NEXT ? turn : !turn;
}

static struct side *side_of(enum log_side side)
{
	return &sides[index_of(side)];
}

static u64 ceiling(u64 n, u64 per)
{
	return (n + per - 1) / per;
}

u64 log_list_blocks(void)
{
	return ceiling(obj_headers(OK_PROCESS) * sizeof(u64), FORMAT_BLOCK);
}

static u64 pending_of(const struct side *s)
{
	const u64 *p = s->pending;
	return p[OK_PAGE] + p[OK_NODE] + p[OK_PROCESS];
}

/* Blocks that finishing a checkpoint of this side takes at most. */
static u64 demand_of(const struct side *s)
{
	const u64 *p = s->pending;
	u64 all = s->count + pending_of(s);
	return p[OK_PAGE] + ceiling(p[OK_NODE], NODES_PER_POT) +
	       ceiling(p[OK_PROCESS], PROCS_PER_POT) +
	       ceiling(all, ENTRIES_PER_DIR_BLOCK) + log_list_blocks() + SLACK;
}

/* Whether there is room for all that was reserved, and `spare` blocks more. */
static bool fits(u64 spare)
{
	u64 entries = 0, demand = head - tail + spare;
	for (unsigned i = 0; i < LOG_SIDES; i++) {
		entries += sides[i].count + pending_of(&sides[i]);
		demand += demand_of(&sides[i]);
	}
	return entries <= entry_room && demand <= blocks;
}

void log_init(const struct disk_root *from)
{
	struct log_entry *e;
	start = from->log_start;
	blocks = from->log_blocks;
	next_begins = NOWHERE;
	tail = from->log_tail;
	head = from->log_head + (from->log_head < tail ? blocks : 0);
	for (unsigned i = 0; i < BUCKETS; i++)
		link_init(&buckets[i]);
	for (unsigned i = 0; i < LOG_SIDES; i++)
		link_init(&sides[i].entries);
	link_init(&free_entries);
	entry_room = blocks * LOG_ENTRIES_PER_BLOCK;
	e = frames_carve(entry_room * sizeof(*e), "log directory");
	for (u64 i = 0; i < entry_room; i++)
		link_insert_before(&free_entries, &e[i].side);
}

/*
 * Two generations, each with what one transaction may dirty at least, or a
 * restart that replays the journal, and room to ask for a checkpoint in time.
 */
void log_check_size(void)
{
	u64 each = DIRTY_MIN + root.journal_slots + log_list_blocks() + SLACK;
	u64 least = 2 * each * PRESSURE / (PRESSURE - 1);
	if (blocks < least)
		panic("image", "the log has %lu blocks, %lu are needed", blocks,
		      least);
}

u64 log_block(u64 position)
{
	return start + position % blocks;
}

u64 log_head_locked(void)
{
	return head;
}

u64 log_tail_locked(void)
{
	return tail;
}

bool log_reserve_locked(enum obj_kind kind)
{
	kassert(spin_is_held(LR_STORE));
	side_of(LOG_NEXT)->pending[kind]++;
	if (likely(fits(blocks / PRESSURE)))
		return true;
	ckpt_want_locked(CKPT_BY_PRESSURE);
	if (fits(0))
		return true;
	log_unreserve_locked(LOG_NEXT, kind);
	return false;
}

void log_unreserve_locked(enum log_side side, enum obj_kind kind)
{
	kassert(side_of(side)->pending[kind]);
	side_of(side)->pending[kind]--;
}

u64 log_take_locked(enum log_side side)
{
	kassert(spin_is_held(LR_STORE));
	kassert(head - tail < blocks);
	if (side == LOG_NEXT && next_begins == NOWHERE)
		next_begins = head;
	return log_block(head++);
}

static struct link *bucket_of(enum obj_kind kind, u64 oid)
{
	u64 hash = (oid * OK_COUNT + kind) * 0x9e3779b97f4a7c15ul;
	return &buckets[hash >> 54];
}

struct log_entry *log_find_locked(enum log_side side, enum obj_kind kind,
				  u64 oid)
{
	struct link *bucket = bucket_of(kind, oid);
	kassert(spin_is_held(LR_STORE));
	for (struct link *l = bucket->next; l != bucket; l = l->next) {
		struct log_entry *e = container_of(l, struct log_entry, hash);
		if (e->oid == oid && e->kind == kind &&
		    e->on == index_of(side))
			return e;
	}
	return NULL;
}

static struct log_entry *take_entry(enum log_side side, enum obj_kind kind,
				    u64 oid)
{
	struct link *l = free_entries.next;
	struct log_entry *e = container_of(l, struct log_entry, side);
	kassert(l != &free_entries);
	link_remove(l);
	e->oid = oid;
	e->kind = kind;
	e->on = (u8)index_of(side);
	e->moved = false;
	link_insert_before(bucket_of(kind, oid), &e->hash);
	link_insert_before(&side_of(side)->entries, &e->side);
	side_of(side)->count++;
	return e;
}

void log_enter_locked(enum log_side side, enum obj_kind kind, u64 oid,
		      const struct place *at)
{
	struct log_entry *e = log_find_locked(side, kind, oid);
	if (!e)
		e = take_entry(side, kind, oid);
	e->at = *at;
}

void log_place_locked(enum log_side side, enum obj_kind kind, u64 oid,
		      const struct place *at)
{
	log_unreserve_locked(side, kind);
	log_enter_locked(side, kind, oid, at);
}

struct log_entry *log_after_locked(enum log_side side, struct log_entry *e)
{
	struct link *all = &side_of(side)->entries;
	struct link *l = e ? e->side.next : all->next;
	return l == all ? NULL : container_of(l, struct log_entry, side);
}

u64 log_entries_locked(enum log_side side)
{
	return side_of(side)->count;
}

u64 log_page_block_locked(enum log_side side, u64 oid)
{
	struct log_entry *e = log_find_locked(side, OK_PAGE, oid);
	return e ? e->at.block : log_take_locked(side);
}

void log_turn_locked(void)
{
	kassert(side_of(LOG_STABLE)->count == 0);
	kassert(pending_of(side_of(LOG_STABLE)) == 0);
	turn = !turn;
	next_begins = NOWHERE;
}

static void forget_entries(struct side *s)
{
	while (!link_is_alone(&s->entries)) {
		struct link *l = s->entries.next;
		link_remove(&container_of(l, struct log_entry, side)->hash);
		link_remove(l);
		link_insert_before(&free_entries, l);
	}
	s->count = 0;
}

void log_retire_locked(u64 position)
{
	kassert(position >= tail && position <= head);
	forget_entries(side_of(LOG_STABLE));
	tail = MIN(position, next_begins);
	crowd_wake(CROWD_LOG);
}

struct log_usage log_usage_locked(void)
{
	struct log_usage u = { .blocks = blocks, .used = head - tail };
	for (unsigned i = 0; i < LOG_SIDES; i++)
		u.reserved += demand_of(&sides[i]);
	return u;
}
