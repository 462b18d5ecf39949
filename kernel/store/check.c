#include <diag/check.h>
#include <hal/mmu.h>
#include <store/check.h>
#include <store/place.h>
#include <store/record.h>

static struct atomic64 next[OK_COUNT]; /* headers looked at */

/* The checksum of what would be written of it now. */
static u32 crc_of(struct obj *o)
{
	static struct spinlock lock = SPINLOCK(LR_STORE);
	static char pot[FORMAT_BLOCK]; /* under lock */
	if (o->kind == OK_PAGE)
		return disk_crc(direct(obj_page(o)->frame), PAGE_SIZE);
	spin_lock(&lock);
	record_save(o, pot, 0);
	u32 crc = record_seal(o->kind, pot, 0);
	spin_unlock(&lock);
	return crc;
}

static void check_clean(struct obj *o)
{
	spin_lock(&store_lock);
	struct place at = place_find_locked(o->kind, o->oid);
	spin_unlock(&store_lock);
	if (at.crc && crc_of(o) != at.crc)
		panic(__func__, "%s %lu is clean, but not what the disk has in "
				"block %lu",
		      obj_kind_name(o->kind), o->oid, at.block);
}

static void check_next(enum obj_kind kind)
{
	u64 n = obj_headers_used(kind);
	struct obj *o = n ? obj_at(kind, atomic64_add_relaxed(&next[kind], 1) % n)
			  : NULL;
	if (!o || mrow_try_read(&o->lock) != LOCK_OK)
		return;
	if (atomic32_load_acquire(&o->residency) == OBJ_HERE &&
	    atomic32_load_acquire(&o->change) == CH_CLEAN)
		check_clean(o);
	mrow_release_all();
}

void store_check_next(void)
{
	for (unsigned kind = 0; kind < OK_COUNT; kind++)
		check_next(kind);
}
