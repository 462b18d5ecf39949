/*
 * A workload that knows what every snapshot of it looks like.
 *
 * Round after round it writes the round's number into each of its objects, in
 * a fixed order: all words of a page, two slots of a node, two registers of a
 * process.  So at any instant the objects hold `round` up to some place and
 * `round - 1` from there on; and the place is known twice, in memory and in
 * registers.  A mixture of two generations, or a lost write, breaks that.
 *
 * It looks itself, each time the machine was restarted and after each round.
 * Lines on the console log, for whoever cuts the power:
 *
 *      begin: P pages, N nodes, Q processes
 *      durable G: round R       generation G, which is durable, has round R
 *      ok restart E: generation G, round R, place I of K
 *      ok end: R rounds
 *      wrong: ...               and the machine ends with status 100
 *
 * The host finds the objects too: CAP_TABLE of the process "load" is a node of
 * nodes of them, pages first, then nodes, then processes, in the order in
 * which they are written; struct progress stands at 0xb0000 of its space, in
 * the page "progress" of the manifest.
 */
#include <base/string.h>
#include <captable.h>
#include <checkpoint.h>
#include <console.h>
#include <device.h>
#include <layout.h>
#include <object.h>
#include <program.h>

enum ckptload_register {
	CAP_CHECKPOINT = 2,
	CAP_RANGE = 5, /* three of them, by enum obj_kind */
	CAP_KIT = 8,   /* node of numbers: enum parameter */
	CAP_OBJECT = 12,
	CAP_NUMBER = 13,
};

enum parameter {
	KIT_PAGES = 0,
	KIT_NODES = 1,
	KIT_PROCESSES = 2,
	KIT_ROUNDS = 3,   /* then it ends the machine with status 0 */
	KIT_REQUEST = 4,  /* asks for a checkpoint every so many rounds, 0: not */
	KIT_INTERVAL = 5, /* ticks between two by time, 0: none */
	KIT_PAUSE = 6,    /* ticks it rests after each object, 0: none */
};

#define PASSED 0x5555
#define FAILED (100 << 16 | 0x3333)
#define PROGRESS ((volatile struct progress *)(ZERO_END - 16 * PAGE_SIZE))

/* In memory; the same is in registers. */
struct progress {
	u64 at; /* round << 16 | place: objects before this place have been
	           written in the round, that at it may have been */
	u64 restarts;
};
#define AT_PLACE(round, place) ((round) << 16 | (place))

static u64 made[OK_COUNT], count;
static u64 words[PAGE_SIZE / sizeof(u64)];

static u64 parameter(enum parameter which)
{
	u64 value = 0;
	node_get(CAP_KIT, which, CAP_NUMBER);
	number_read(CAP_NUMBER, &value);
	return value;
}

static noreturn void end(u32 status)
{
	for (;;)
		device_write32(WINDOW, status);
}

static void must(u64 result, const char *what)
{
	if (result == RC_OK)
		return;
	printf("wrong: %s: %s\n", what, result_name(result));
	end(FAILED);
}

static enum obj_kind kind_of(u64 i)
{
	return i < made[OK_PAGE]		   ? OK_PAGE
	       : i < made[OK_PAGE] + made[OK_NODE] ? OK_NODE
						   : OK_PROCESS;
}

static void write_object(u64 i, u64 round)
{
	struct proc_regs regs = { .pc = round, .x[10] = round };
	must(captable_get((unsigned)i, CAP_OBJECT), "the table");
	switch (kind_of(i)) {
	case OK_PAGE:
		for (unsigned w = 0; w < ARRAY_SIZE(words); w++)
			words[w] = round;
		must(page_write(CAP_OBJECT, 0, words, PAGE_SIZE), "a page");
		break;
	case OK_NODE:
		must(node_set_number(CAP_OBJECT, 0, round), "a node");
		must(node_set_number(CAP_OBJECT, NODE_SLOTS - 1, round),
		     "a node");
		break;
	default:
		must(process_set_regs(CAP_OBJECT, &regs), "a process");
	}
}

static u64 read_slot(unsigned slot)
{
	u64 value = ~0ul;
	node_get(CAP_OBJECT, slot, CAP_NUMBER);
	number_read(CAP_NUMBER, &value);
	return value;
}

/* The lowest and the highest number that is found in it. */
static void read_object(u64 i, u64 *low, u64 *high)
{
	struct proc_regs regs;
	must(captable_get((unsigned)i, CAP_OBJECT), "the table");
	if (kind_of(i) == OK_PAGE) {
		must(page_read(CAP_OBJECT, 0, words, PAGE_SIZE), "a page");
		*low = *high = words[0];
		for (unsigned w = 0; w < ARRAY_SIZE(words); w++) {
			*low = MIN(*low, words[w]);
			*high = MAX(*high, words[w]);
		}
		return;
	}
	u64 a, b;
	if (kind_of(i) == OK_NODE) {
		a = read_slot(0);
		b = read_slot(NODE_SLOTS - 1);
	} else {
		must(process_get_regs(CAP_OBJECT, &regs), "a process");
		a = regs.pc;
		b = regs.x[10];
	}
	*low = MIN(a, b);
	*high = MAX(a, b);
}

/* Objects before `place` hold `round`, the others the one before. */
static void look(u64 round, u64 place)
{
	static const char *const kinds[] = { "page", "node", "process" };
	u64 at = PROGRESS->at;
	if (at != AT_PLACE(round, place)) {
		printf("wrong: memory has round %lu, place %lu; registers "
		       "have %lu, %lu\n",
		       at >> 16, at & 0xffff, round, place);
		end(FAILED);
	}
	for (u64 i = 0; i < count; i++) {
		u64 low, high, wanted = i < place ? round : round - 1;
		read_object(i, &low, &high);
		if (low == wanted && high == wanted)
			continue;
		printf("wrong: %s, number %lu of %lu, holds %lu to %lu, not "
		       "%lu (round %lu, place %lu)\n",
		       kinds[kind_of(i)], i, count, low, high, wanted, round,
		       place);
		end(FAILED);
	}
}

static void look_for_restart(u64 round, u64 place)
{
	struct ckpt_status s;
	must(ckpt_status(CAP_CHECKPOINT, &s), "the status");
	if (s.epoch == PROGRESS->restarts)
		return;
	look(round, place);
	PROGRESS->restarts = s.epoch;
	printf("ok restart %u: generation %lu, round %lu, place %lu of %lu\n",
	       s.epoch, s.generation, round, place, count);
}

static void make_objects(void)
{
	u64 entry = 0;
	struct ckpt_status s;
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		made[kind] = parameter(KIT_PAGES + kind);
		for (u64 i = 0; i < made[kind]; i++) {
			must(range_make(CAP_RANGE + kind, i, CAP_OBJECT),
			     "an object");
			if (kind == OK_PROCESS)
				must(process_stop(CAP_OBJECT, CAP_VOID),
				     "a process");
			must(captable_put((unsigned)entry++, CAP_OBJECT),
			     "the table");
			count = entry;
			write_object(entry - 1, 0);
		}
	}
	must(ckpt_status(CAP_CHECKPOINT, &s), "the status");
	PROGRESS->restarts = s.epoch;
	printf("begin: %lu pages, %lu nodes, %lu processes\n", made[OK_PAGE],
	       made[OK_NODE], made[OK_PROCESS]);
}

static void one_round(u64 round, u64 pause)
{
	PROGRESS->at = AT_PLACE(round, 0);
	for (u64 place = 0; place < count;) {
		write_object(place, round);
		place++;
		PROGRESS->at = AT_PLACE(round, place);
		if (pause)
			time_wait_until(time_now() + pause);
		look_for_restart(round, place);
	}
	look(round, count);
}

int main(void)
{
	u64 rounds = parameter(KIT_ROUNDS), request = parameter(KIT_REQUEST);
	u64 pause = parameter(KIT_PAUSE), newest = 0;
	must(ckpt_interval(CAP_CHECKPOINT, parameter(KIT_INTERVAL)),
	     "the interval");
	make_objects();
	for (u64 round = 1; round <= rounds; round++) {
		one_round(round, pause);
		if (!request || round % request)
			continue;
		must(ckpt_take(CAP_CHECKPOINT, &newest), "a checkpoint");
		printf("durable %lu: round %lu\n", newest, round);
		look_for_restart(round, count);
	}
	printf("ok end: %lu rounds\n", rounds);
	end(PASSED);
}
