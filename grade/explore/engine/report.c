/* What is said: failures, the story of one run, and the figures. */
#include "engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <diag/log.h>
#include <explore.h>
#include <hal/upcall.h>

bool model_telling;

static const char *const told[] = {
#define X(id, name) [id] = name,
	TOLD(X)
#undef X
};

/* Buffered, and written when all runs are done: who runs cannot write. */
void say(const char *format, ...)
{
	struct explorer *x = explorer;
	size_t room = OUTPUT_MAX - x->length;
	va_list args;
	va_start(args, format);
	int n = vsnprintf(x->output + x->length, room, format, args);
	va_end(args);
	x->length += MIN((size_t)n, room - 1);
}

void report_flush(void)
{
	const struct explorer *x = explorer;
	for (size_t done = 0; done < x->length;) {
		ssize_t n = write(STDOUT_FILENO, x->output + done,
				  x->length - done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
}

static noreturn void fail_with(enum failure_kind kind, const char *prefix,
			       const char *format, va_list args)
{
	struct explorer *x = explorer;
	int n = snprintf(x->text, TEXT_MAX, "%s%s", prefix,
			 *prefix ? ": " : "");
	vsnprintf(x->text + n, TEXT_MAX - (size_t)n, format, args);
	x->failure = kind;
	x->says = format;
	_longjmp(x->escape, 1);
}

#define FAIL(kind, prefix, format)                     \
	do {                                           \
		va_list args;                          \
		va_start(args, format);                \
		fail_with(kind, prefix, format, args); \
	} while (0)

void failed(enum failure_kind kind, const char *format, ...)
{
	FAIL(kind, "", format);
}

void model_failed(const char *format, ...)
{
	FAIL(WRONG, "", format);
}

void explore_fail(const char *format, ...)
{
	FAIL(WRONG, "", format);
}

void panic(const char *who, const char *format, ...)
{
	FAIL(CRASH, who, format);
}

void model_out_of_steps(void)
{
	failed(ENDLESS,
	       "the run does not end: %u accesses, the last in "
	       "<code %lx>",
	       STEPS_MAX, (u64)machine.pc);
}

static struct event *event_add(enum told what)
{
	struct explorer *x = explorer;
	struct event *e = &x->event[x->events++ % EVENTS_MAX];
	*e = (struct event){ .what = (u8)what,
			     .pc = machine.pc,
			     .hart = (u8)(machine.current ? machine_self()
							  : 0) };
	return e;
}

void model_tell(enum told what, const void *where, u64 value, u64 before)
{
	struct event *e = event_add(what);
	e->where = where;
	e->value = value;
	e->before = before;
}

void explore_note(const char *format, ...)
{
	va_list args;
	if (!model_telling)
		return;
	struct event *e = event_add(TELL_NOTE);
	va_start(args, format);
	vsnprintf(e->note, sizeof(e->note), format, args);
	va_end(args);
}

void log_printf(const char *format, ...)
{
	(void)format;
}

/* STEP:KIND.ON.WHAT, separated by commas. */
static void say_items(void)
{
	const struct explorer *x = explorer;
	say("choices");
	for (u32 i = 0; i < x->items; i++)
		say("%s%u:%c%u.%u", i ? "," : " ", x->item[i].step,
		    "ghil"[x->item[i].choice.kind], x -> item[i].choice.on,
		    x->item[i].choice.what);
	say("\n");
}

bool items_parse(const char *text)
{
	struct explorer *x = explorer;
	for (x->items = 0; *text && x->items < ITEMS_MAX; x->items++) {
		struct item *it = &x->item[x->items];
		char kind;
		unsigned on, what;
		int used = 0;
		if (sscanf(text, "%u:%c%u.%u%n", &it->step, &kind, &on, &what,
			   &used) != 4 ||
		    !strchr("ghil", kind))
			return false;
		it->choice =
			(struct choice){ (u8)(strchr("ghil", kind) - "ghil"),
					 (u8)on, (u8)what, 0 };
		text += used;
		text += *text == ',';
	}
	return true;
}

static void say_events(void)
{
	const struct explorer *x = explorer;
	u32 first = x->events > EVENTS_MAX ? x->events - EVENTS_MAX : 0;
	for (u32 i = first; i < x->events; i++) {
		const struct event *e = &x->event[i % EVENTS_MAX];
		say("event %u %s %lx %lx %lx %lx %s\n", e->hart, told[e->what],
		    (u64)e->pc, (u64)e->where, e->value, e->before, e->note);
	}
}

extern const char __ehdr_start[];

void report(const char *nonce)
{
	static const char *const kinds[] = { "holds", "wrong", "crash",
					     "endless" };
	const struct explorer *x = explorer;
	say("verdict %s %s\n", kinds[x->failure], nonce);
	say("base %lx\n", (u64)__ehdr_start);
	say("figures distinct=%lu runs=%lu states=%lu random=%lu finished=%u "
	    "steps=%lu questions=%lu longest=%u outcomes=%lu processor=%lu "
	    "complete=%u harts=%u\n",
	    x->distinct, x->made, table_count() - x->outcomes, x->randoms,
	    x->finished, x->steps, x->questions, x->longest, x->outcomes,
	    x->processor, x->complete, machine.harts);
	say("expects %s\n", scenario.expects);
	if (x->failure == HOLDS)
		return;
	say("text %s\n", x->text);
	say_items();
	say_events();
}
