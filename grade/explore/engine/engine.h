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

#define BOUND_MAX 23
#define PATH_MAX 4000 /* questions on the path of the search */
#define ITEMS_MAX 256 /* answers out of the ordinary in one run */
#define QUIET_MAX 256
#define EVENTS_MAX 1500 /* the last of a run that failed */
#define TEXT_MAX 512
#define OUTPUT_MAX (1 << 20)

enum failure_kind { HOLDS, WRONG, CRASH, ENDLESS };

/* An answer that was not the first. */
struct item {
	u32 step;
	struct choice choice;
};

/* A question on the path of the search, and the state it was asked in. */
struct question {
	u32 step;
	u8 n, at;
	u32 spent; /* before it */
	u32 known; /* the state's place in the table, or NOT_KNOWN */
	size_t state;
	u64 runs[BOUND_MAX + 1]; /* from here, by what they spent in all */
	struct choice choice[CHOICES_MAX];
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
	bool reduces;  /* states that are known are not searched again */
	bool shortens; /* only failures shorter than the shortest count */
	struct {
		u32 harts, step;
	} shortest;
	jmp_buf escape;
	u32 bound, spent;
	const struct choice *asked; /* the question that is open */
	u32 options, answer; /* of so many answers, or 0: there is none */
	u32 depth;
	struct question path[PATH_MAX];
	u32 at, items; /* the next to be repeated, of so many */
	struct item item[ITEMS_MAX];
	u64 random; /* state of the generator */
	u32 odds;   /* one answer in so many is drawn */

	enum failure_kind failure;
	const char *says; /* the form of text */
	char text[TEXT_MAX];
	u32 events; /* since the run began; the last EVENTS_MAX are kept */
	struct event event[EVENTS_MAX];

	u32 asked_in; /* states, with something left to spend */
	u32 complete; /* 1 + the bound from which on none brings any more, or 0 */
	bool cut;     /* the path was too long for a question */
	u64 found[BOUND_MAX + 1]; /* runs of the search, by what they spent */

	/* figures */
	u64 distinct; /* runs of the highest bound searched, each counted once */
	u64 runs; /* that were made, to an end or to a state that is known */
	u64 made; /* of them, at that bound */
	u64 questions, steps, randoms, outcomes;
	u32 longest, finished; /* finished: 1 + the highest bound searched */
	u32 pieces;            /* of a run, or runs, so far */
	u32 ticks;             /* of the watchdog, in this piece */
	u32 ticked;
	u64 processor; /* time: ticks of the watchdog in all */

	size_t length; /* of what is to be written in the end */
	char output[OUTPUT_MAX];
};

extern struct explorer *explorer;

void *allocate(size_t size);

/* state.c */
void state_init(void);
void state_quiet(const void *start, size_t size);
void state_begin(void); /* what setup left is how each run begins */
void state_restore_begin(void);
size_t state_save(void);  /* every hart is suspended, as below, too */
size_t state_saved(void); /* how much is */
void state_restore(size_t saved);
void state_drop(size_t saved);
bool state_has_room(void);
u64 state_digest(void);
u64 state_digest_data(void); /* without stacks */

/* table.c: states whose runs were searched, or are on the path. */
#define NOT_KNOWN (~0u)
struct known {
	u64 digest;
	u8 left;                 /* what could still be spent from there */
	bool done;               /* all of it was searched */
	u32 step;                /* where it was met */
	u64 runs[BOUND_MAX + 1]; /* from there on, by what they spend */
};
void table_init(void);
void table_clear(void);
u32 table_find(u64 digest); /* or NOT_KNOWN */
u32 table_add(u64 digest);  /* or NOT_KNOWN: it is full */
struct known *table_at(u32 place);
u32 table_count(void);
bool table_is_full(void); /* what is not in it is searched each time */

/* run.c: one run after another. */
bool run_once(void);
bool run_random(u64 runs, u64 seed);
void run_piece(u32 answer);

/* search.c */
bool search(u32 bound, u64 most);
void search_begin(void); /* path by path, up to x->bound */
bool search_next(void);
void outcome_note(void);

/* shrink.c */
void shrink(void);   /* what random answers made fail */
void shorten(void);  /* what the search found */
bool is_short(void); /* as far as the run is made */

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
