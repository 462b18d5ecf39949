/*
 * For scenarios about the checkpoint: the parts of the kernel that it calls, and
 * that no scenario is about.  Whatever can be looked at in it the scenario
 * defines itself.
 */
#pragma once

#include <explore.h>

#include <diag/args.h>
#include <mem/frame.h>
#include <obj/age.h>
#include <proc/meet.h>
#include <space/space.h>
#include <store/ckpt.h>
#include <store/crash.h>
#include <store/crowd.h>
#include <store/index.h>
#include <store/migrate.h>
#include <store/root.h>

#define JOBS_HERE 4

struct ckpt ckpt;
struct disk_root root;
struct spinlock store_lock = SPINLOCK(LR_STORE);

void txn_restart(void)
{
	explore_fail("a transaction is given up");
}

void resched(void)
{
	explore_fail("a hart is given up");
}

void *frames_carve(size_t bytes, const char *what)
{
	static char room[(JOBS_HERE + 1) * PAGE_SIZE]
		__attribute__((aligned(PAGE_SIZE)));
	static size_t used;
	void *p = room + used;
	used += ROUND_UP(bytes, PAGE_SIZE);
	explore_require(used <= sizeof(room), "no room for the %s", what);
	return p;
}

u64 arg_number(const char *name, u64 otherwise)
{
	(void)name;
	(void)otherwise;
	return JOBS_HERE;
}

void *direct(paddr_t pa)
{
	return (void *)pa.raw;
}

paddr_t direct_paddr(const void *p)
{
	return PADDR((u64)p);
}

u64 obj_headers_used(enum obj_kind kind)
{
	(void)kind;
	return 0;
}

struct obj *obj_at(enum obj_kind kind, u64 i)
{
	(void)kind;
	(void)i;
	return NULL;
}

u32 place_per_block(enum obj_kind kind)
{
	return kind == OK_PAGE ? 1 : NODES_PER_POT;
}

bool log_reserve_locked(enum obj_kind kind)
{
	(void)kind;
	return true;
}

void log_unreserve_locked(enum log_side side, enum obj_kind kind)
{
	(void)side;
	(void)kind;
}

u64 log_take_locked(enum log_side side)
{
	return side;
}

u64 log_page_block_locked(enum log_side side, u64 oid)
{
	return side + oid;
}

u64 log_entries_locked(enum log_side side)
{
	(void)side;
	return 0;
}

void log_turn_locked(void)
{
}

void log_retire_locked(u64 position)
{
	(void)position;
}

void crowd_wake(unsigned crowd)
{
	(void)crowd;
}

void index_begin_list(void)
{
}

void index_list(u64 oid)
{
	explore_fail("process %lu is listed, and there is none", oid);
}

bool index_next_locked(struct disk_request *r)
{
	(void)r;
	return false;
}

void index_forget_locked(void)
{
}

u64 index_list_position(void)
{
	return 0;
}

void root_write(struct disk_request *r)
{
	(void)r;
}

void crash_if_wanted_at_commit(void)
{
}

void migrate_begin_locked(void)
{
}

bool migrate_step(void)
{
	return false;
}

void meet_call(void (*work)(void))
{
	(void)work;
}

void obj_room_made(enum obj_kind kind)
{
	(void)kind;
}

void ckpt_note_snapshot_locked(void)
{
	ckpt.next++;
}

void ckpt_durable_locked(void)
{
}

void space_protect(struct obj *o)
{
	(void)o;
}

void space_protected(void)
{
}
