#include <base/crc32c.h>
#include <base/string.h>
#include <cap/cap.h>
#include <store/record.h>

u32 disk_crc(const void *data, size_t n)
{
	return disk_crc_of(crc32c(data, n));
}

size_t record_size(enum obj_kind kind)
{
	static const size_t sizes[] = {
		[OK_PAGE] = PAGE_SIZE,
		[OK_NODE] = sizeof(struct disk_node),
		[OK_PROCESS] = sizeof(struct disk_process),
	};
	return sizes[kind];
}

struct disk_record *record_at(enum obj_kind kind, void *block, u32 index)
{
	return (struct disk_record *)((char *)block +
				      index * record_size(kind));
}

static u32 record_crc(enum obj_kind kind, struct disk_record *r)
{
	u32 stored = r->crc;
	r->crc = 0;
	u32 crc = disk_crc(r, record_size(kind));
	r->crc = stored;
	return crc;
}

static bool is_null(enum obj_kind kind, const struct disk_record *r)
{
	const u64 *word = (const u64 *)r;
	for (size_t n = record_size(kind) / sizeof(*word); n--; word++)
		if (*word)
			return false;
	return true;
}

bool record_is_sound(enum obj_kind kind, u64 oid, struct disk_record *r)
{
	if (!r->crc)
		return is_null(kind, r);
	return r->oid == oid && record_crc(kind, r) == r->crc;
}

void record_node_init(struct obj *o)
{
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		cap_init(&obj_node(o)->slot[i], &MCAP_VOID);
}

static bool range_is_sound(const struct disk_cap *d)
{
	return d->badge < OK_COUNT && d->oid <= obj_count(d->badge) &&
	       d->version <= obj_count(d->badge) - d->oid;
}

/* Whether a capability can be what it says. */
static bool cap_is_sound(const struct disk_cap *d)
{
	if (d->type == CT_RANGE)
		return range_is_sound(d);
	return d->type < CT_HOOK && !(d->rights & ~CF_RIGHTS) &&
	       (!type_names_object(d->type) ||
		d->oid < obj_count(type_kind(d->type)));
}

static bool caps_are_sound(const struct disk_cap *d, unsigned n)
{
	while (n--)
		if (!cap_is_sound(&d[n]))
			return false;
	return true;
}

static void fill_caps(struct cap *slot, const struct disk_cap *d, unsigned n)
{
	for (; n--; slot++, d++)
		cap_init(slot, &(struct mcap){
				       .meta = META(d->type, d->rights,
						    d->badge),
				       .version = d->version, .oid = d->oid });
}

static void save_caps(struct disk_cap *d, struct cap *slot, unsigned n)
{
	struct mcap c;
	for (; n--; slot++, d++) {
		cap_read(slot, &c);
		*d = (struct disk_cap){
			.type = META_TYPE(c.meta), .rights = META_RIGHTS(c.meta),
			.badge = META_BADGE(c.meta),
			.version = c.version, .oid = c.oid,
		};
	}
}

static bool fill_node(struct node *n, const struct disk_node *d)
{
	bool span = d->span >= SPAN_MIN && d->span <= SPAN_MAX &&
		    (d->span - SPAN_MIN) % NODE_BITS == 0;
	if (!span || !caps_are_sound(d->slot, NODE_SLOTS))
		return false;
	n->obj.span = d->span;
	fill_caps(n->slot, d->slot, NODE_SLOTS);
	return true;
}

static bool fill_process(struct process *p, const struct disk_process *d)
{
	if (d->state >= PST_COUNT || d->fault >= FAULT_COUNT ||
	    d->resting > 1 || d->calls > CALLS_MAX ||
	    !caps_are_sound(d->cap, CAP_REGS) ||
	    !caps_are_sound(d->slot, PS_COUNT))
		return false;
	p->state = d->state;
	p->resting = d->resting;
	p->fault = d->fault;
	p->calls = d->calls;
	p->ticks = d->ticks;
	p->owed = d->owed;
	p->regs = d->regs;
	p->regs.x[0] = 0;
	string_copy(p->name, d->name, PROC_NAME);
	fill_caps(&p->cap[1], &d->cap[1], CAP_REGS - 1);
	fill_caps(p->slot, d->slot, PS_COUNT);
	return true;
}

static bool fill_record(struct obj *o, struct disk_record *r, u32 crc,
			const char **why)
{
	*why = "bad checksum";
	if (!record_is_sound(o->kind, o->oid, r) || (crc && r->crc != crc))
		return false;
	o->version = r->version;
	if (!r->crc)
		return true;
	*why = "what it says cannot be";
	return o->kind == OK_NODE
		       ? fill_node(obj_node(o), (struct disk_node *)r)
		       : fill_process(obj_process(o), (struct disk_process *)r);
}

bool record_fill(struct obj *o, void *block, const struct place *at,
		 const char **why)
{
	if (o->kind != OK_PAGE)
		return fill_record(o, record_at(o->kind, block, at->index),
				   at->crc, why);
	*why = "bad checksum";
	if (disk_crc(block, PAGE_SIZE) != at->crc)
		return false;
	o->version = at->version;
	return true;
}

static void save_node(struct disk_node *d, struct node *n)
{
	d->span = n->obj.span;
	save_caps(d->slot, n->slot, NODE_SLOTS);
}

static void save_process(struct disk_process *d, struct process *p)
{
	d->state = p->state;
	d->resting = p->resting;
	d->fault = p->fault;
	d->calls = p->calls;
	d->ticks = p->ticks;
	d->owed = p->owed;
	d->regs = p->regs;
	memcpy(d->name, p->name, PROC_NAME);
	save_caps(d->cap, p->cap, CAP_REGS);
	save_caps(d->slot, p->slot, PS_COUNT);
}

void record_save(struct obj *o, void *block, u32 index)
{
	struct disk_record *r = record_at(o->kind, block, index);
	memset(r, 0, record_size(o->kind));
	r->oid = o->oid;
	r->version = o->version;
	if (o->kind == OK_NODE)
		save_node((struct disk_node *)r, obj_node(o));
	else
		save_process((struct disk_process *)r, obj_process(o));
}

u32 record_seal(enum obj_kind kind, void *block, u32 index)
{
	struct disk_record *r = record_at(kind, block, index);
	if (kind == OK_PAGE)
		return disk_crc(block, PAGE_SIZE);
	r->crc = record_crc(kind, r);
	return r->crc;
}
