/* From the bytes on disk to an object. */
#include <base/crc32c.h>
#include <base/string.h>
#include <cap/cap.h>
#include <proc/process.h>
#include <store/fetch.h>

size_t fetch_size(enum obj_kind kind)
{
	static const size_t sizes[] = {
		[OK_PAGE] = PAGE_SIZE,
		[OK_NODE] = sizeof(struct disk_node),
		[OK_PROCESS] = sizeof(struct disk_process),
	};
	return sizes[kind];
}

void fetch_node_init(struct obj *o)
{
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		cap_init(&obj_node(o)->slot[i], &MCAP_VOID);
}

static void fill_cap(struct cap *slot, const struct disk_cap *d)
{
	struct mcap c = {
		.meta = META(d->type, d->rights & CF_RIGHTS, d->badge),
		.version = d->version, .oid = d->oid,
	};
	if (d->type >= CT_HOOK)
		panic("image", "a capability of type %u", d->type);
	if (type_names_object(d->type) &&
	    d->oid >= obj_count(type_kind(d->type)))
		panic("image", "a %u capability to OID %lu, which is not there",
		      d->type, d->oid);
	cap_init(slot, &c);
}

static void fill_node(struct obj *o, const struct disk_node *d)
{
	o->span = d->span;
	for (unsigned i = 0; i < NODE_SLOTS; i++)
		fill_cap(&obj_node(o)->slot[i], &d->slot[i]);
}

static void fill_process(struct obj *o, const struct disk_process *d)
{
	struct process *p = obj_process(o);
	if (d->state >= PST_COUNT || d->fault >= FAULT_COUNT)
		panic("image", "process %lu has a bad state", d->oid);
	p->state = d->state;
	p->resting = d->resting;
	p->fault = d->fault;
	p->calls = d->calls;
	p->ticks = d->ticks;
	p->regs = d->regs;
	string_copy(p->name, d->name, PROC_NAME);
	for (unsigned i = 1; i < CAP_REGS; i++)
		fill_cap(&p->cap[i], &d->cap[i]);
	for (unsigned i = 0; i < PS_COUNT; i++)
		fill_cap(&p->slot[i], &d->slot[i]);
}

void fetch_fill(struct obj *o, const void *block)
{
	const struct place *p = image_place(o->kind, o->oid);
	size_t size = fetch_size(o->kind);
	const void *data = (const char *)block + p->index * size;
	if (crc32c(data, size) != p->crc)
		panic("image", "object %lu of kind %u is damaged: bad checksum",
		      o->oid, o->kind);
	o->version = p->version;
	if (o->kind == OK_NODE)
		fill_node(o, data);
	else if (o->kind == OK_PROCESS)
		fill_process(o, data);
}
