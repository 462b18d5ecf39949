/* What outlives the power: checkpoints, a journal, and cutting the power. */
#include "shell.h"

#include <base/fmt.h>
#include <base/string.h>
#include <clock.h>
#include <invoke.h>
#include <object.h>
#include <text.h>

#define GRAIN (5 * TICKS_PER_MS)
#define PATIENCE TICKS_PER_S /* after which one wants to see that it goes on */
#define SECONDS_MOST 86400
#define WRITES_RANDOM 64

static void complain(const char *what, u64 result)
{
	if (result == RC_STATE)
		printf("%s: there is no disk that anything can be written "
		       "to; start with one (`make run`).\n",
		       what);
	else
		printf("%s: %s.\n", what, result_name(result));
}

static u64 ticks_now(void)
{
	u64 ticks = 0, seconds;
	clock_now(&ticks, &seconds);
	return ticks;
}

/* A time with three digits behind the point, in a unit of 1000 `part`s. */
static void print_time(u64 ticks, u64 part, const char *unit)
{
	u64 parts = ticks / part;
	printf("%lu.%03lu %s", parts / 1000, parts % 1000, unit);
}

/* Waits until the generation is durable; false: writing fails. */
static bool wait_durable(u64 generation, struct ckpt_status *s)
{
	u64 began = ticks_now(), now = began, failures = s->failures;
	u32 epoch = s->epoch;
	for (; s->generation < generation; now = ticks_now()) {
		clock_sleep_until(now + GRAIN);
		if (ckpt_status(CAP_CHECKPOINT, s) != RC_OK ||
		    (s->epoch == epoch && s->failures > failures))
			break;
		if (now - began >= PATIENCE)
			printf("\r\033[K%s: %lu objects to write, %lu s",
			       ckpt_phase_name(s->phase), s->frozen,
			       (now - began) / TICKS_PER_S);
	}
	if (now - began >= PATIENCE)
		print("\r\033[K");
	return s->generation >= generation;
}

bool make_durable(struct ckpt_status *after)
{
	u64 generation, result = ckpt_status(CAP_CHECKPOINT, after);
	u64 failures = after->failures;
	if (result == RC_OK)
		result = ckpt_begin(CAP_CHECKPOINT, &generation);
	if (result != RC_OK) {
		complain("checkpoint", result);
		return false;
	}
	if (wait_durable(generation, after))
		return true;
	printf("checkpoint: writing failed (%lu times); generation %lu stands, "
	       "and the kernel goes on trying.\n",
	       after->failures - failures, after->generation);
	return false;
}

static void take(void)
{
	struct ckpt_status before, after;
	if (ckpt_status(CAP_CHECKPOINT, &before) != RC_OK)
		before = (struct ckpt_status){ 0 };
	u64 began = ticks_now();
	if (!make_durable(&after))
		return;
	printf("generation %lu is durable: %lu objects in ", after.generation,
	       before.dirty);
	print_time(ticks_now() - began, TICKS_PER_US, "ms");
	print(", the harts stood still for ");
	print_time(after.pause, TICKS_PER_US, "ms");
	printf("; log %lu of %lu blocks\n", after.log_used, after.log_blocks);
	if (after.epoch != before.epoch)
		print("and the machine was restarted since\n");
}

static void print_interval(u64 interval)
{
	if (interval)
		printf("every %lu s", interval / TICKS_PER_S);
	else
		print("none by time");
}

static void show_status(void)
{
	struct ckpt_status s;
	u64 result = ckpt_status(CAP_CHECKPOINT, &s), now = ticks_now();
	if (result != RC_OK) {
		complain("checkpoint", result);
		return;
	}
	printf("generation %lu, taken ", s.generation);
	print_time(now > s.taken ? now - s.taken : 0, TICKS_PER_MS, "s ago; ");
	print_interval(s.interval);
	printf("\n%s: %lu objects changed since, %lu of a snapshot to write\n",
	       ckpt_phase_name(s.phase), s.dirty, s.frozen);
	printf("log: %lu blocks, %lu used, %lu reserved; journal at %lu\n",
	       s.log_blocks, s.log_used, s.log_reserved, s.journaled);
	printf("since boot: %u by time, %u by request, %u by pressure; %lu "
	       "writes failed; last pause ",
	       s.by_time, s.by_request, s.by_pressure, s.failures);
	print_time(s.pause, TICKS_PER_US, "ms");
	printf("\nrestarts of this image: %u\n", s.epoch);
}

/* Waits for the next that somebody else takes. */
static void await_next(void)
{
	struct ckpt_status s;
	u64 newest, result = ckpt_status(CAP_CHECKPOINT, &s);
	if (result == RC_OK && !s.interval && s.phase == CKPT_IDLE) {
		print("None is under way, and none is taken by time: "
		      "`checkpoint every SECONDS`.\n");
		return;
	}
	if (result == RC_OK)
		result = ckpt_await(CAP_CHECKPOINT, s.generation + 1, &newest);
	if (result == RC_OK)
		printf("generation %lu is durable\n", newest);
	else
		complain("checkpoint", result);
}

static void set_interval(u64 seconds)
{
	u64 result = ckpt_interval(CAP_CHECKPOINT, seconds * TICKS_PER_S);
	if (result != RC_OK) {
		complain("checkpoint", result);
		return;
	}
	print("checkpoints: ");
	print_interval(seconds * TICKS_PER_S);
	print("\n");
}

void checkpoint(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	u64 seconds;
	if (argc == 1)
		take();
	else if (argc == 2 && strcmp(word, "status") == 0)
		show_status();
	else if (argc == 2 && strcmp(word, "await") == 0)
		await_next();
	else if (argc == 2 && strcmp(word, "off") == 0)
		set_interval(0);
	else if (argc == 3 && strcmp(word, "every") == 0 &&
		 text_number(argv[2], &seconds) && seconds &&
		 seconds <= SECONDS_MOST)
		set_interval(seconds);
	else
		printf("checkpoint [every SECONDS | off | status | await]: 1 "
		       "to %u seconds\n",
		       SECONDS_MOST);
}

/* The journal is one page of lines.  It may be newer than the shell, which
   goes back to its checkpoint: so it is read each time. */

static void read_journal(char text[PAGE_SIZE + 1])
{
	if (page_read(CAP_JOURNAL, 0, text, PAGE_SIZE) != RC_OK)
		text[0] = 0;
	text[PAGE_SIZE] = 0;
}

/* Lines go from the top until there is room for one more. */
static void add_line(char text[PAGE_SIZE + 1], int argc, char **argv)
{
	char line[CONSOLE_LINE + 1];
	size_t size = 0, length = strlen(text), drop = 0;
	for (int i = 1; i < argc && size < CONSOLE_LINE; i++)
		size += fmt_snprintf(line + size, CONSOLE_LINE - size, "%s%s",
				     i > 1 ? " " : "", argv[i]);
	line[size++] = '\n';
	while (length - drop + size > PAGE_SIZE) {
		while (text[drop] && text[drop] != '\n')
			drop++;
		drop += text[drop] == '\n';
	}
	memmove(text, text + drop, length - drop);
	memcpy(text + length - drop, line, size);
	length += size - drop;
	memset(text + length, 0, PAGE_SIZE - length);
}

void journal(int argc, char **argv)
{
	static char text[PAGE_SIZE + 1];
	u64 sequence = 0, result;
	read_journal(text);
	if (argc == 1) {
		print(text[0] ? text : "The journal is empty.\n");
		return;
	}
	add_line(text, argc, argv);
	result = page_write(CAP_JOURNAL, 0, text, PAGE_SIZE);
	if (result == RC_OK)
		result = ckpt_journal(CAP_CHECKPOINT, CAP_JOURNAL, &sequence);
	if (result == RC_OK)
		printf("durable as number %lu\n", sequence);
	else
		complain("journal", result);
}

/* 1 to WRITES_RANDOM, by the clock: nobody else can know it. */
static u64 draw(void)
{
	u64 x = ticks_now() * 0x9e3779b97f4a7c15ul;
	return 1 + (x >> 40) % WRITES_RANDOM;
}

static void cut(enum ckpt_crash when, u64 write)
{
	call4(CAP_CONSOLE, CONSOLE_FLUSH, 0, 0, 0);
	u64 result = ckpt_crash(CAP_CHECKPOINT, when, write);
	if (result != RC_OK)
		complain("crash", result);
}

void crash(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	u64 write = text_argument(argc, argv, 2, draw());
	if (argc == 2 && strcmp(word, "now") == 0) {
		print("The power goes off.\n");
		cut(CRASH_NOW, 0);
	} else if (argc == 2 && strcmp(word, "commit") == 0) {
		print("The power goes off when the next root is about to be "
		      "written; `checkpoint` writes one.\n");
		cut(CRASH_AT_COMMIT, 0);
	} else if (argc <= 3 && strcmp(word, "write") == 0 && write) {
		printf("The power goes off at write %lu to the disk, from "
		       "now; `checkpoint` writes.\n",
		       write);
		cut(CRASH_AT_WRITE, write);
	} else {
		print("crash now | commit | write [N]\n");
	}
}
