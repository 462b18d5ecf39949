#include <base/fmt.h>
#include <base/string.h>
#include <dev/disk.h>
#include <diag/check.h>
#include <hal/platform.h>
#include <kcap/kcap.h>
#include <mem/frame.h>
#include <store/fetch.h>
#include <wait/queue.h>

/* Members of one queue counted at most, so that the path stays bounded. */
#define COUNT_MOST 1000

static enum result_code give(struct msg *m, const void *record, size_t n)
{
	op_lock_set(m, NULL, n);
	commit_point();
	op_string(m, record, n);
	return RC_OK;
}

static enum result_code machine(struct msg *m)
{
	struct inspect_machine r = {
		.now = time_now(), .memory = platform.memory_size,
		.debug = DEBUG_BUILD, .trace = TRACE_BUILD,
	};
	for (u32 i = 0; i < hart_count(); i++) {
		r.harts += !harts[i].chaos;
		r.chaos_harts += harts[i].chaos;
		r.transactions += glance(harts[i].transactions);
		r.restarts += glance(harts[i].restarts);
		r.serialized += glance(harts[i].serialized);
	}
	return give(m, &r, sizeof(r));
}

/* Hooks behind the divider, under the ring's lock. */
static u32 count_hooks_locked(struct ring *r)
{
	u32 n = 0;
	for (struct link *l = r->divider.next; l != &r->head && n < COUNT_MOST;
	     l = l->next)
		n++;
	return n;
}

/* Only a look: the process may be running meanwhile. */
static void name_ring_of(struct cap *hook, char *text, size_t size)
{
	struct ring *r = hook_ring(hook);
	if (!r)
		text[0] = 0;
	else if (queue_index(r) >= 0)
		queue_name((unsigned)queue_index(r), text, size);
	else
		string_copy(text, obj_process(ring_obj(r))->name, size);
}

/* The n-th process that is in memory. */
static struct obj *nth_process(u64 n)
{
	for (u64 i = 0; i < obj_headers(OK_PROCESS); i++) {
		struct obj *o = obj_at(OK_PROCESS, i);
		if (o && n-- == 0)
			return o;
	}
	return NULL;
}

static enum result_code process(struct msg *m)
{
	struct obj *o = nth_process(m->word[1]);
	struct inspect_process r = { 0 };
	if (!o)
		return RC_LIMIT;
	struct process *p = obj_process(o);
	r.oid = glance(o->oid);
	memcpy(r.name, p->name, sizeof(r.name));
	r.priority = (u8)MAX(proc_priority(p), 0);
	r.loaded = (u8)atomic32_load_relaxed(&p->loaded);
	r.fault = glance(p->fault);
	r.pc = glance(p->regs.pc);
	r.ticks = glance(p->ticks);
	name_ring_of(&p->base.hook, r.stalled_on, sizeof(r.stalled_on));
	spin_lock(&o->ring.lock);
	r.state = p->state;
	r.callers = count_hooks_locked(&o->ring);
	spin_unlock(&o->ring.lock);
	return give(m, &r, sizeof(r));
}

static enum result_code queue(struct msg *m)
{
	struct inspect_queue r = { 0 };
	if (m->word[1] >= QUEUE_COUNT)
		return RC_LIMIT;
	struct queue *q = &queues[m->word[1]];
	queue_name((unsigned)m->word[1], r.name, sizeof(r.name));
	r.enqueued = atomic64_load_relaxed(&q->enqueued);
	spin_lock(&q->ring.lock);
	struct cap *hook = hook_first_locked(&q->ring);
	r.members = count_hooks_locked(&q->ring);
	if (hook)
		string_copy(r.first, hook_process(hook)->name, sizeof(r.first));
	spin_unlock(&q->ring.lock);
	return give(m, &r, sizeof(r));
}

static enum result_code lock(struct msg *m)
{
	struct inspect_lock r = { .rank = (u32)m->word[1] };
	if (m->word[1] >= LR_COUNT)
		return RC_LIMIT;
	string_copy(r.name, lock_names[r.rank], sizeof(r.name));
	r.taken = atomic64_load_relaxed(&lock_counts[r.rank].taken);
	r.spins = atomic64_load_relaxed(&lock_counts[r.rank].spins);
	return give(m, &r, sizeof(r));
}

static enum result_code pool(struct msg *m)
{
	struct space_usage s = space_usage();
	const struct inspect_pool pools[] = {
		{ "frames", frames_total(), frames_used() },
		{ "pages", obj_headers(OK_PAGE), obj_resident(OK_PAGE) },
		{ "nodes", obj_headers(OK_NODE), obj_resident(OK_NODE) },
		{ "processes", obj_headers(OK_PROCESS),
		  obj_resident(OK_PROCESS) },
		{ "spaces", s.spaces_room, s.spaces },
		{ "mapping refs", s.maprefs_room, s.maprefs },
	};
	if (m->word[1] >= ARRAY_SIZE(pools))
		return RC_LIMIT;
	return give(m, &pools[m->word[1]], sizeof(pools[0]));
}

static enum object_state state_of(const struct obj *o)
{
	static const enum object_state states[] = {
		[CH_CLEAN] = OBJ_CLEAN, [CH_DIRTY] = OBJ_DIRTY,
		[CH_FROZEN] = OBJ_FROZEN, [CH_WRITING] = OBJ_WRITING,
	};
	return obj_is_here(o) ? states[atomic32_load_relaxed(&o->change)] :
				OBJ_ARRIVING;
}

/* Only a look: no lock, and no pin. */
static enum result_code object(struct msg *m)
{
	u64 kind = m->word[2];
	struct inspect_object r = { 0 };
	if (kind >= OK_COUNT || m->word[1] >= obj_headers((enum obj_kind)kind))
		return RC_LIMIT;
	struct obj *o = obj_at((enum obj_kind)kind, m->word[1]);
	if (o)
		r = (struct inspect_object){
			.oid = glance(o->oid), .version = glance(o->version),
			.state = (u8)state_of(o),
			.age = (u8)atomic32_load_relaxed(&o->age),
			.pins = (u8)pin_holders(o),
			.writer = (u8)mrow_writer(&o->lock),
			.readers = mrow_readers(&o->lock),
			.mappings = space_mappings(o),
		};
	return give(m, &r, sizeof(r));
}

_Static_assert(INSPECT_TRACE_KEPT == TRACE_SIZE, "as abi/inspect.h says");

static enum result_code trace_entry(struct msg *m)
{
	struct trace_entry e;
	struct inspect_trace r = { 0 };
	if (m->word[2] >= hart_count() ||
	    !trace_read((u32)m->word[2], m->word[1], &e))
		return RC_LIMIT;
	r.when = e.when;
	r.a = e.a;
	r.b = e.b;
	string_copy(r.event, trace_names[e.event], sizeof(r.event));
	m->out_word[1] = e.sequence;
	return give(m, &r, sizeof(r));
}

static enum result_code disk(struct msg *m)
{
	if (m->word[1] != 0)
		return RC_LIMIT;
	struct inspect_disk r = {
		.reads = atomic64_load_relaxed(&disk_counts.reads),
		.writes = atomic64_load_relaxed(&disk_counts.writes),
		.flushes = atomic64_load_relaxed(&disk_counts.flushes),
		.failed = atomic64_load_relaxed(&disk_counts.failed),
		.requests = (u32)disk_request_count(),
		.taken = (u32)disk_requests_taken(),
		.most = (u32)atomic64_load_relaxed(&disk_counts.most),
	};
	for (unsigned kind = 0; kind < OK_COUNT; kind++)
		r.fetched[kind] = atomic64_load_relaxed(&fetch_counts[kind]);
	return give(m, &r, sizeof(r));
}

enum result_code op_inspector(struct msg *m)
{
	static op_function *const orders[] = {
		[INSPECT_MACHINE] = machine, [INSPECT_PROCESS] = process,
		[INSPECT_QUEUE] = queue,     [INSPECT_LOCK] = lock,
		[INSPECT_POOL] = pool,       [INSPECT_TRACE] = trace_entry,
		[INSPECT_DISK] = disk,       [INSPECT_OBJECT] = object,
	};
	u64 order = m->word[0];
	return order < ARRAY_SIZE(orders) ? orders[order](m) : RC_ORDER;
}
