#include <base/string.h>
#include <diag/check.h>
#include <diag/log.h>
#include <mem/frame.h>
#include <obj/reserve.h>
#include <store/ckpt.h>
#include <store/crowd.h>
#include <store/journal.h>
#include <store/root.h>

#define SLOTS_MAX 32

enum slot_state {
	SLOT_READY,   /* nothing under way */
	SLOT_FILLED,  /* to be started */
	SLOT_WRITING, /* record and page */
	SLOT_FLUSHING,
};

/* Under the store lock. */
static struct slot {
	struct store_io record, page;
	paddr_t frames;   /* two: record, page; immutable */
	u64 sequence;     /* of the record in it, 0: none */
	u64 oid;
	u32 version;      /* of the page */
	enum slot_state state;
	unsigned writes;  /* under way */
	bool replay;      /* boot: newer than the checkpoint */
} slots[SLOTS_MAX];
static u64 slot_count;    /* immutable after boot */
static u64 issued;

u64 journal_slots(void)
{
	return slot_count;
}

static u64 block_of(const struct slot *s)
{
	return root.journal_start + 2 * (u64)(s - slots);
}

static u32 record_crc(struct disk_journal *r)
{
	u32 stored = r->crc;
	r->crc = 0;
	u32 crc = disk_crc(r, sizeof(*r));
	r->crc = stored;
	return crc;
}

u64 journal_issued_locked(void)
{
	return issued;
}

u64 journal_durable_locked(void)
{
	u64 durable = issued;
	for (u64 i = 0; i < slot_count; i++)
		if (slots[i].state != SLOT_READY)
			durable = MIN(durable, slots[i].sequence - 1);
	return durable;
}

/* Another slot has something newer about the same page, not one made anew
   since, and it is durable. */
static bool is_superseded(const struct slot *s)
{
	for (u64 i = 0; i < slot_count; i++)
		if (slots[i].oid == s->oid && slots[i].version == s->version &&
		    slots[i].state == SLOT_READY &&
		    slots[i].sequence > s->sequence)
			return true;
	return false;
}

static struct slot *find_free_locked(void)
{
	for (u64 i = 0; i < slot_count; i++) {
		struct slot *s = &slots[i];
		if (s->state == SLOT_READY &&
		    (s->sequence <= ckpt.journal_committed || is_superseded(s)))
			return s;
	}
	return NULL;
}

static void fill(struct slot *s, struct obj *page)
{
	struct disk_journal *r = direct(s->frames);
	char *copy = (char *)r + FORMAT_BLOCK;
	memset(r, 0, FORMAT_BLOCK);
	memcpy(copy, direct(obj_page(page)->frame), PAGE_SIZE);
	*r = (struct disk_journal){
		.magic = JOURNAL_MAGIC, .sequence = s->sequence,
		.oid = page->oid, .version = page->version,
	};
}

u64 journal_begin_locked(struct obj *page)
{
	struct slot *s = find_free_locked();
	if (!s) {
		ckpt_want_locked(CKPT_BY_PRESSURE);
		return 0;
	}
	s->sequence = ++issued;
	s->oid = page->oid;
	s->version = page->version;
	s->state = SLOT_FILLED;
	fill(s, page);
	return s->sequence;
}

static void flushed(struct store_io *io)
{
	struct slot *s = container_of(io, struct slot, record);
	spin_lock(&store_lock);
	s->state = SLOT_READY;
	crowd_wake(CROWD_CHECKPOINT);
	crowd_wake(CROWD_LOG); /* another slot may be free by that */
	spin_unlock(&store_lock);
}

/* One of the two is written; the last one has them flushed. */
static void written(struct slot *s)
{
	spin_lock(&store_lock);
	bool last = --s->writes == 0;
	if (last)
		s->state = SLOT_FLUSHING;
	spin_unlock(&store_lock);
	if (!last)
		return;
	s->record.request.op = DISK_FLUSH;
	s->record.done = flushed;
	io_start(&s->record);
}

static void record_written(struct store_io *io)
{
	written(container_of(io, struct slot, record));
}

static void page_written(struct store_io *io)
{
	written(container_of(io, struct slot, page));
}

static void set_up(struct store_io *io, u64 block, u64 frame,
		   void (*done)(struct store_io *io))
{
	io->request.op = DISK_WRITE;
	io->request.block = block;
	io->request.memory = PADDR(frame);
	io->done = done;
}

static void start(struct slot *s)
{
	struct disk_journal *r = direct(s->frames);
	r->page_crc = disk_crc((char *)r + FORMAT_BLOCK, PAGE_SIZE);
	r->crc = record_crc(r);
	set_up(&s->record, block_of(s), s->frames.raw, record_written);
	set_up(&s->page, block_of(s) + 1, s->frames.raw + FORMAT_BLOCK,
	       page_written);
	io_start(&s->page);
	io_start(&s->record);
}

static struct slot *take_filled(void)
{
	struct slot *found = NULL;
	spin_lock(&store_lock);
	for (u64 i = 0; i < slot_count && !found; i++)
		if (slots[i].state == SLOT_FILLED)
			found = &slots[i];
	if (found) {
		found->state = SLOT_WRITING;
		found->writes = 2;
	}
	spin_unlock(&store_lock);
	return found;
}

void journal_start(void)
{
	struct slot *s;
	while ((s = take_filled()))
		start(s);
}

/* Whether the record counts, and its page is whole. */
static bool is_sound(struct disk_journal *r, u64 block,
		     void *(*read)(u64 block))
{
	if (r->magic != JOURNAL_MAGIC || record_crc(r) != r->crc ||
	    r->oid >= root.objects[OK_PAGE])
		return false;
	return disk_crc(read(block + 1), PAGE_SIZE) == r->page_crc;
}

static void read_slot(struct slot *s, void *(*read)(u64 block))
{
	struct disk_journal r = *(struct disk_journal *)read(block_of(s));
	if (!is_sound(&r, block_of(s), read))
		return;
	s->sequence = r.sequence;
	s->oid = r.oid;
	s->version = r.version;
	s->replay = r.sequence > root.journal_sequence;
	issued = MAX(issued, r.sequence);
}

void journal_init(void *(*read)(u64 block))
{
	slot_count = MIN(root.journal_slots, SLOTS_MAX);
	issued = root.journal_sequence;
	for (u64 i = 0; i < slot_count; i++) {
		void *frames = frames_carve(2 * FORMAT_BLOCK, "journal");
		slots[i].frames = direct_paddr(frames);
		read_slot(&slots[i], read);
	}
}

static void replay(struct slot *s, void *(*read)(u64 block))
{
	struct obj *o = obj_find(OK_PAGE, s->oid);
	struct disk_journal *r = read(block_of(s));
	if (o->version != r->version)
		return; /* made anew since: it is another page */
	reserve_dirty(o);
	memcpy(direct(obj_page(o)->frame), read(block_of(s) + 1), PAGE_SIZE);
	log_printf("journal: page %lu is newer than the checkpoint\n", s->oid);
}

void journal_replay(void *(*read)(u64 block))
{
	for (u64 i = 0; i < slot_count; i++)
		if (slots[i].replay && !is_superseded(&slots[i]))
			replay(&slots[i], read);
}
