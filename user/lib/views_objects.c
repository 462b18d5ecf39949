/* The objects in memory, and the disk they are a cache of (views.h). */
#include <abi/inspect.h>
#include <base/string.h>
#include <console.h>
#include <more.h>
#include <object.h>
#include <views.h>

static const char *const kind_names[] = {
#define X(id, n, name) [id] = name,
	OBJ_KINDS(X)
#undef X
};

static const char *const state_names[] = {
#define X(id, n, name) [id] = name,
	OBJECT_STATES(X)
#undef X
};

static bool look(u64 index, enum obj_kind kind, struct inspect_object *o)
{
	return inspect(CAP_INSPECTOR, INSPECT_OBJECT, &index, kind, o,
		       sizeof(*o)) == RC_OK;
}

/* Not just lying there: somebody has changed it, holds it or waits for it. */
static bool is_busy(const struct inspect_object *o)
{
	return (o->state != OBJ_FREE && o->state != OBJ_CLEAN) || o->pins ||
	       o->writer || o->readers;
}

/* Which harts have it pinned, as "0", "0,2"; "-": none. */
static void print_pins(u8 pins)
{
	char text[2 * 8 + 1];
	unsigned used = 0;
	for (unsigned hart = 0; hart < 8; hart++) {
		if (!(pins & 1u << hart))
			continue;
		if (used)
			text[used++] = ',';
		text[used++] = (char)('0' + hart);
	}
	text[used] = 0;
	printf(" %-6s", used ? text : "-");
}

static void print_object(const struct inspect_object *o)
{
	printf("%7lu %7u %-9s %3u", o->oid, o->version,
	       o->state < OBJECT_STATES_COUNT ? state_names[o->state] : "?",
	       o->age);
	print_pins(o->pins);
	printf(" %4u", o->mappings);
	if (o->writer)
		printf("  written by hart %u", o->writer - 1u);
	else if (o->readers)
		printf("  %u readers", o->readers);
	else
		print("  -");
	print("\n");
}

static void print_summary(enum obj_kind kind)
{
	u64 count[OBJECT_STATES_COUNT] = { 0 }, total = 0, busy = 0;
	struct inspect_object o;
	for (; look(total, kind, &o); total++) {
		busy += o.pins || o.writer || o.readers;
		if (o.state < OBJECT_STATES_COUNT)
			count[o.state]++;
	}
	printf("%-8s room for %lu:", kind_names[kind], total);
	for (unsigned s = 0; s < OBJECT_STATES_COUNT; s++)
		if (count[s] || s == OBJ_FREE || s == OBJ_DIRTY)
			printf(" %lu %s,", count[s], state_names[s]);
	printf(" %lu pinned or locked\n", busy);
}

/* The kind that a word names, in the plural or not; OK_COUNT: none. */
static unsigned kind_of(const char *word)
{
	unsigned kind = 0;
	for (; kind < OK_COUNT; kind++) {
		size_t size = strlen(kind_names[kind]);
		if (strncmp(word, kind_names[kind], size) == 0)
			break;
	}
	return kind;
}

static void print_objects(enum obj_kind kind, bool all)
{
	struct inspect_object o;
	struct more rows = { 0 };
	for (u64 i = 0; look(i, kind, &o); i++) {
		if (!(all ? o.state != OBJ_FREE : is_busy(&o)))
			continue;
		if (!more(&rows))
			return;
		print_object(&o);
	}
}

void view_objects(int argc, char **argv)
{
	unsigned kind = OK_PAGE;
	bool all = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "all") == 0)
			all = true;
		else if ((kind = kind_of(argv[i])) == OK_COUNT) {
			print("pages [nodes | processes] [all]\n");
			return;
		}
	}
	print("    OID version state     age pins   maps  locks\n");
	print_objects(kind, all);
	for (unsigned k = 0; k < OK_COUNT; k++)
		print_summary(k);
}

void view_disk(int argc, char **argv)
{
	struct inspect_disk d;
	u64 index = 0;
	(void)argc, (void)argv;
	if (inspect(CAP_INSPECTOR, INSPECT_DISK, &index, 0, &d, sizeof(d)) !=
	    RC_OK) {
		print("This kernel says nothing about its disk.\n");
		return;
	}
	print("since boot        count\n");
	printf("reads        %10lu\nwrites       %10lu\n", d.reads, d.writes);
	printf("flushes      %10lu\nfailed       %10lu\n", d.flushes, d.failed);
	for (unsigned k = 0; k < OK_COUNT; k++)
		printf("%-12s %10lu brought in\n", kind_names[k], d.fetched[k]);
	printf("requests: %u of %u under way, at most %u since boot\n", d.taken,
	       d.requests, d.most);
}
