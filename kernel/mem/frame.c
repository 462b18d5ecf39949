#include <base/string.h>
#include <diag/check.h>
#include <lock/spin.h>
#include <mem/frame.h>

struct free_frame {
	struct free_frame *next;
};

#define RANGES_MAX 4

static struct spinlock lock own_line = SPINLOCK(LR_FRAMES);
static struct free_frame *free_frames; /* under lock */
static u64 total, used, set_aside;     /* under lock */
static struct {
	u64 at, end;
} fresh[RANGES_MAX];                   /* under lock: never used yet */

void frames_add(paddr_t start, paddr_t end)
{
	unsigned i = 0;
	while (i < RANGES_MAX && fresh[i].at < fresh[i].end)
		i++;
	if (i == RANGES_MAX || start.raw >= end.raw)
		return;
	fresh[i].at = start.raw;
	fresh[i].end = end.raw;
	total += (end.raw - start.raw) / PAGE_SIZE;
}

/* The first range with so much left, or NULL: its memory was never used. */
static void *take_fresh(size_t size)
{
	for (unsigned i = 0; i < RANGES_MAX; i++) {
		if (fresh[i].end - fresh[i].at < size)
			continue;
		fresh[i].at += size;
		return direct(PADDR(fresh[i].at - size));
	}
	return NULL;
}

static void *take_locked(void)
{
	struct free_frame *f = free_frames;
	if (!f)
		return take_fresh(PAGE_SIZE);
	free_frames = f->next;
	return f;
}

static paddr_t zeroed(void *frame)
{
	memset(frame, 0, PAGE_SIZE);
	return direct_paddr(frame);
}

void frames_set_aside(u64 frames)
{
	if (frames + FRAMES_FOR_TABLES > total)
		panic("memory", "%lu pages and %u frames for page tables are "
				"needed, there are %lu frames",
		      frames, FRAMES_FOR_TABLES, total);
	set_aside = frames;
}

paddr_t frame_take(void)
{
	spin_lock(&lock);
	void *f = take_locked();
	kassert(f && set_aside);
	set_aside--;
	used++;
	spin_unlock(&lock);
	return zeroed(f);
}

bool frame_alloc(paddr_t *out)
{
	void *f = NULL;
	spin_lock(&lock);
	if (used + set_aside < total)
		f = take_locked();
	used += f != NULL;
	spin_unlock(&lock);
	if (f)
		*out = zeroed(f);
	return f != NULL;
}

void frame_free(paddr_t frame)
{
	struct free_frame *f = direct(frame);
	spin_lock(&lock);
	kassert(used > 0);
	f->next = free_frames;
	free_frames = f;
	used--;
	spin_unlock(&lock);
}

void *frames_carve(size_t bytes, const char *what)
{
	u64 size = ROUND_UP(bytes, PAGE_SIZE);
	void *table = take_fresh(size);
	if (!table)
		panic("memory", "no room for the %s: %lu KiB", what,
		      size / 1024);
	total -= size / PAGE_SIZE;
	memset(table, 0, size);
	return table;
}

u64 frames_total(void)
{
	return total;
}

u64 frames_used(void)
{
	return used;
}
