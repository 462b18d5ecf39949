/*
 * Object locks in one word: readers in bits 0 to 7 (each hart counts once),
 * 1 + hart of the writer in bits 8 to 15, a bit for each hart that waits to
 * write in bits 16 to 23.  How often this hart read-locked stands in its own
 * list.
 *
 * A writer does not set the lock free while others wait to write, but hands it
 * to the next of them, counting the harts around from itself: so none has two
 * turns before another has had one.
 */
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <lock/mrow.h>
#include <lock/spin.h>

#define READER 1u
#define READERS(w) ((w) & 0xff)
#define WRITER(id) (((id) + 1u) << 8)
#define WRITER_OF(w) (((w) >> 8) & 0xff)
#define WAITING(id) (0x10000u << (id))
#define WAITS(w, id) ((w) >> (16 + (id)) & 1)
#define ANY_WAITS(w) ((w) >> 16)
#define FREE(w) (!((w) & 0xffff)) /* somebody may wait */
/* A writer, or one that waits. */
#define CLOSED(w) ((w) >> 8)

static struct held *held_find(struct hart *h, const struct mrow *l)
{
	for (u32 i = 0; i < h->held_count; i++)
		if (h->held[i].lock == l)
			return &h->held[i];
	return NULL;
}

static void held_add(struct hart *h, struct mrow *l, bool writer)
{
	kassert(h->held_count < HELD_MAX);
	h->held[h->held_count++] = (struct held){
		.lock = l, .readers = !writer, .writer = writer,
	};
}

/* Somebody of this hart has it already: count, and the reader goes on. */
static bool read_again(struct hart *h, struct mrow *l)
{
	struct held *held = held_find(h, l);
	if (held)
		held->readers++;
	return held ||
	       WRITER_OF(atomic32_load_relaxed(&l->word)) == h->id + 1;
}

enum lock_result mrow_try_read(struct mrow *l)
{
	struct hart *h = hart_self();
	u32 w = atomic32_load_relaxed(&l->word);
	if ((h->held_count || CLOSED(w)) && read_again(h, l))
		return LOCK_OK;
	while (!CLOSED(w)) {
		if (atomic32_cas_acquire(&l->word, w, w + READER)) {
			held_add(h, l, false);
			return LOCK_OK;
		}
		w = atomic32_load_relaxed(&l->word);
	}
	return LOCK_BUSY;
}

enum lock_result mrow_try_write(struct mrow *l)
{
	struct hart *h = hart_self();
	u32 w = atomic32_load_relaxed(&l->word);
	if (w)
		return WRITER_OF(w) == h->id + 1 ? LOCK_ALIASED : LOCK_BUSY;
	if (!atomic32_cas_acquire(&l->word, w, w | WRITER(h->id)))
		return LOCK_BUSY;
	held_add(h, l, true);
	return LOCK_OK;
}

static void count_wait(struct mrow *l)
{
	trace(TR_LOCK, (u64)l, LR_OBJECT);
	atomic64_add_relaxed(&lock_counts[LR_OBJECT].spins, 1);
}

enum lock_result mrow_read(struct mrow *l)
{
	if (mrow_try_read(l) == LOCK_OK)
		return LOCK_OK;
	count_wait(l);
	while (mrow_try_read(l) != LOCK_OK)
		spin_hint();
	return LOCK_OK;
}

/* Whether this hart, which waits to write, has the lock now: somebody handed it
   over, or it was free. */
static bool get_turn(u32 id, struct mrow *l)
{
	u32 w = atomic32_load_acquire(&l->word);
	if (!FREE(w))
		return WRITER_OF(w) == id + 1;
	return atomic32_cas_acquire(&l->word, w,
				    (w - WAITING(id)) | WRITER(id));
}

enum lock_result mrow_write(struct mrow *l)
{
	struct hart *h = hart_self();
	enum lock_result r = mrow_try_write(l);
	kassert(!mrow_is_read_held(l));
	if (r != LOCK_BUSY)
		return r;
	count_wait(l);
	/* From here on new readers stay out, so the old ones drain. */
	atomic32_add_relaxed(&l->word, WAITING(h->id));
	while (!get_turn(h->id, l))
		spin_hint();
	held_add(h, l, true);
	return LOCK_OK;
}

/* The one that waits and comes next after this hart. */
static u32 next_after(u32 id, u32 w)
{
	do
		id = (id + 1) % HARTS_MAX;
	while (!WAITS(w, id));
	return id;
}

/* Of the writer.  Who comes to wait between the look and the change finds the
   lock free. */
static void release_write(u32 id, struct mrow *l)
{
	u32 w = atomic32_load_relaxed(&l->word);
	u32 change = 0 - WRITER(id);
	if (ANY_WAITS(w)) {
		id = next_after(id, w);
		change += WRITER(id) - WAITING(id);
	}
	atomic32_add_release(&l->word, change);
}

static void release(struct hart *h, const struct held *held)
{
	if (held->writer)
		release_write(h->id, held->lock);
	else
		atomic32_add_release(&held->lock->word, 0 - READER);
}

void mrow_release_all(void)
{
	struct hart *h = hart_self();
	while (h->held_count)
		release(h, &h->held[--h->held_count]);
}

void mrow_keep(struct mrow *l)
{
	struct hart *h = hart_self();
	struct held *last = &h->held[--h->held_count];
	kassert(mrow_is_write_held(l));
	if (last->lock != l) /* most often it was taken last */
		*held_find(h, l) = *last;
}

void mrow_drop(struct mrow *l)
{
	struct hart *h = hart_self();
	kassert(WRITER_OF(atomic32_load_relaxed(&l->word)) == h->id + 1);
	kassert(!held_find(h, l));
	release_write(h->id, l);
}

bool mrow_is_read_held(const struct mrow *l)
{
	struct held *held = held_find(hart_self(), l);
	return held && !held->writer;
}

bool mrow_is_write_held(const struct mrow *l)
{
	return mrow_writer(l) == hart_self()->id + 1;
}

u32 mrow_writer(const struct mrow *l)
{
	return WRITER_OF(atomic32_load_relaxed(&l->word));
}

u32 mrow_readers(const struct mrow *l)
{
	return READERS(atomic32_load_relaxed(&l->word));
}
