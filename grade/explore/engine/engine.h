/*
 * Inside the explorer's engine: the search over the answers that the model
 * asks for, and what is said about a run that fails.
 *
 * The engine's own state lies outside of the program's data (struct explorer,
 * allocated), so that putting the data back leaves it alone.
 */
#pragma once

#include <machine.h>

#include <setjmp.h>

#define TAKEN_MAX 512 /* choices on the path of the search */
#define ITEMS_MAX 256 /* answers out of the ordinary in one run */
#define OPTIONS_MAX 32
#define EVENTS_MAX 1500 /* the last of a run that failed */
#define TEXT_MAX 512
#define OUTPUT_MAX (1 << 20)

enum failure_kind { HOLDS, WRONG, CRASH, ENDLESS };

/* An answer that was not the first. */
struct item {
	u32 step;
	struct choice choice;
};

/* One question on the path of the search. */
struct taken {
	u32 step;
	u8 n, at;
	u32 spent; /* before it */
	struct choice choice[OPTIONS_MAX];
};

struct event {
	u8 what, hart;
	const void *pc, *where;
	u64 value, before;
	char note[96];
};

enum mode { SEARCH, RANDOM, REPLAY };

struct explorer {
	enum mode mode;
	jmp_buf escape;
	u32 bound, spent;
	u32 at, depth;
	struct taken taken[TAKEN_MAX];
	u32 items;
	struct item item[ITEMS_MAX];
	u64 random; /* state of the generator */
	u32 odds;   /* one answer in so many is drawn */

	enum failure_kind failure;
	char text[TEXT_MAX];
	u32 events; /* since the run began; the last EVENTS_MAX are kept */
	struct event event[EVENTS_MAX];

	/* figures */
	u64 runs, distinct, questions, steps, randoms;
	u32 longest, finished; /* finished: 1 + the highest bound searched */
	u64 ticks;             /* of the watchdog, in this run */
	u64 ticked_run;

	size_t length; /* of what is to be written in the end */
	char output[OUTPUT_MAX];
};

extern struct explorer *explorer;

/* snapshot.c: the program's data. */
void snapshot_init(void);
void snapshot_take(void);
void snapshot_restore(void);

/* search.c */
bool run_once(void);
bool search(u32 bound, u64 most);
bool search_random(u64 runs, u64 seed);
void shrink(void);
void items_of_search(void);

/* report.c */
void say(const char *format, ...) printf_like(1, 2);
void report(const char *nonce);
void report_flush(void);
bool items_parse(const char *text);
void failed(enum failure_kind kind, const char *format, ...) noreturn
	printf_like(2, 3);

/* guard.c */
void guard_init(void);
void guard_close(void);
