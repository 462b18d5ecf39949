/*
 * Inside the model, and what the explorer asks of it.
 *
 * All of a run's state, the machine's too, is in the program's data, which
 * the explorer puts back before the next run.  What is to outlive a run (what
 * was learnt about words) it keeps elsewhere.
 */
#pragma once

#include "model.h"

#include <base/types.h>
#include <hal/hart.h>

#define MODEL_HARTS 4
#define MODEL_DEVICES 4
#define STORES_MAX 24    /* in one hart's buffer; then the oldest leaves */
#define WATCHED_MAX 8    /* words read in one round of a waiting loop */
#define STREAK_MAX 4000  /* accesses; then others have a turn */
#define STEPS_MAX 200000 /* accesses in a run; then it has no end */
#define CHOICES_MAX 32   /* answers to one question */

/* Vector clocks: what of each hart's past a hart is ordered behind. */
struct clock {
	u32 at[MODEL_HARTS];
};

enum standing {
	RUNS,
	SPINS, /* until a word it read in its last round may have changed */
	WAITS, /* until an interrupt: for one, or in user mode */
	ENDED,
};

/* Bits of machine_hart.raised: the hart's own timer, other harts, devices. */
enum source {
	SOURCE_TIMER = 0,
	SOURCE_IPI = 1,
	SOURCE_DEVICE = 2, /* and MODEL_DEVICES - 1 more */
};

struct buffered {
	void *word;
	u64 value;
	u32 size;
	bool release, modify;
	struct clock clock; /* what who sees it is ordered behind */
};

struct machine_hart {
	void *context;                     /* saved, unless it runs */
	void *top;                         /* of its stack */
	void (*body)(void);                /* where it begins */
	const void *reset_at, *enabled_at; /* the last rounds (harts_round) */
	bool begun;
	enum standing standing;
	bool irqs, user, handling;
	u32 raised;          /* bit per source */
	struct clock raiser; /* who sent the inter-processor interrupt */
	u64 timer;           /* when it is due */
	const void *watched[WATCHED_MAX];
	u32 watching;                      /* WATCHED_MAX + 1: all words */
	const void *pc;                    /* of the loop that spins */
	bool disturbed;                    /* a watched word may have changed */
	struct buffered store[STORES_MAX]; /* oldest first */
	u32 stores;
	struct clock now;
	struct clock fenced; /* at the last full fence */
	struct clock seen;   /* by relaxed loads: a fence makes it known */
};

struct device {
	u32 line;
	u32 times; /* interrupts it may still raise */
	u32 harts; /* bit per hart that it may interrupt */
	bool masked;
};

/*
 * What a scheduler can be asked.  `code` names an answer the same way in
 * every run; the first is what happens if nothing out of the ordinary does.
 */
enum choice_kind {
	CHOICE_GO_ON,     /* the hart goes on; the store is seen */
	CHOICE_HART,      /* hart `what` goes on */
	CHOICE_INTERRUPT, /* source `what` interrupts hart `on`, which goes on */
	CHOICE_LATE,      /* the store of hart `what` is not seen yet; or
	                     a later one: what = hart + MODEL_HARTS * nth */
};

struct choice {
	u8 kind, on, what, cost;
};

struct machine {
	struct machine_hart hart[MODEL_HARTS];
	struct machine_hart *current;
	struct device device[MODEL_DEVICES];
	u32 harts, devices;
	u64 now;         /* ticks */
	u64 time_ends;   /* later timers do not come any more */
	bool time_flies; /* timers come while harts are at work, too */
	bool on;         /* false while a scenario is set up */
	/* From here on: what decides nothing that is still to come. */
	u32 streak;           /* accesses since the last switch */
	u32 step;             /* accesses so far: names the place of a choice */
	u32 own[MODEL_HARTS]; /* accesses of each hart */
	const void *pc;       /* who made the access */
	void *outside;        /* the context of who runs the harts */
	struct choice asked[CHOICES_MAX];
};

extern struct machine machine;

/* Everything that happened, for a failure that is told. */
#define TOLD(X)                                                                \
	X(TELL_LOAD, "load")                                                   \
	X(TELL_STORE, "store")                                                 \
	X(TELL_MODIFY, "modify")                                               \
	X(TELL_CAS, "cas") X(TELL_CAS_FAILS, "cas_fails") X(                   \
		TELL_FENCE, "fence") X(TELL_SPIN, "spin")                      \
		X(TELL_DRAIN, "drain") X(TELL_LATE, "late") X(                 \
			TELL_ENABLE, "enable") X(TELL_DISABLE, "disable")      \
			X(TELL_WAIT, "wait") X(TELL_INTERRUPT, "interrupt") X( \
				TELL_UNMASK, "unmask") X(TELL_TIMER, "timer")  \
				X(TELL_IPI, "ipi") X(TELL_USER, "user")        \
					X(TELL_TRAP, "trap") X(TELL_EXIT,      \
							       "exit")         \
						X(TELL_END, "end")             \
							X(TELL_NOTE, "note")

enum told {
#define X(id, name) id,
	TOLD(X)
#undef X
		TOLD_COUNT
};

/* The explorer's side, bound when it is linked. */
u32 model_choose(const struct choice *choices, u32 n);
void model_failed(const char *format, ...) noreturn printf_like(1, 2);
void model_out_of_steps(void) noreturn;
void model_tell(enum told what, const void *where, u64 value, u64 before);
extern bool model_telling;

static inline void tell(enum told what, const void *where, u64 value,
			u64 before)
{
	if (unlikely(model_telling))
		model_tell(what, where, value, before);
}

/* The scenario's: what the process loaded on this hart does in user mode.  If
   it returns, the process goes on computing until it is interrupted. */
void model_user(void);

/* No hart can go on until an interrupt comes, or ever. */
void model_still(void);

/*
 * What the explorer calls.  machine_run(): all harts, until nothing moves any
 * more.  Or piece by piece: machine_first() gives the number of answers, in
 * machine.asked, to who is the first to go; machine_begin() takes one of them;
 * a hart in model_choose() calls machine_suspend(), which returns there from
 * machine_begin() or machine_resume().
 */
void machine_run(void);
u32 machine_first(void);
void machine_begin(u32 first);
void machine_suspend(void);
void machine_resume(void);
/* The hart that runs has nothing more to do. */
void machine_end(void) noreturn;
/* From user mode into the kernel, interrupts disabled: calls f. */
void machine_trap(void (*f)(void)) noreturn;
/* Ends the run from whatever context. */
void machine_leave(void) noreturn;
/* A hart that began no run yet. */
void machine_add_hart(void *top, void (*body)(void));
struct device *machine_add_device(u32 line, u32 times, u32 harts);

/* harts.c: before each access, and where a hart cannot go on. */
void harts_step(const void *pc);
void harts_point(bool switches);
void harts_block(enum standing standing);
void harts_disturb(const void *word);
void harts_watch(const void *word);
void harts_round(const void **last, const void *place);
void harts_end_round(void);
static inline u32 machine_self(void)
{
	return (u32)(machine.current - machine.hart);
}

/* irq.c */
u32 irq_choices(struct choice *out, u32 hart, u8 cost);
void irq_raise(u32 hart, u32 source);
void irq_take(void);

/* memory.c: makes all stores of all harts seen; false if there were none. */
bool memory_drain_all(void);

/* words.c: what was learnt about a word. */
struct word;
struct word *words_access(const void *address, bool writes);
bool word_is_shared(const struct word *w);
bool word_meets_handler(const struct word *w);
bool word_is_quiet(const struct word *w);
const struct clock *word_clock(const struct word *w);
void word_set_clock(struct word *w, const struct clock *c);
void words_init(void *start, void *end, void *memory);
size_t words_size(void *start, void *end);
void words_quiet(const void *start, size_t size);
u64 words_digest(void);        /* of their clocks */
u32 words_learnt(void);        /* how many are known to be shared */
void words_take_all(bool all); /* every word for shared, to replay */

/* races.c */
void races_init(void *start, void *end, void *memory);
size_t races_size(void *start, void *end);

/* order.c: an access that matters until every hart knows it, in that epoch. */
void order_init(void *memory);
size_t order_size(void);
void order_add(u32 hart, u32 at, const void *what, u32 mask);
void order_remove(u32 hart, u32 at, const void *what, u32 mask);
u64 order_digest(void);
u64 order_digest_clock(const struct clock *c); /* while it is made */

/*
 * aside.c: what a run knows of its past and keeps outside of the program's
 * data, in pieces of 16 bytes.  aside_set() changes one; aside_put_back() makes
 * all as they were when aside_changes() was `mark`.
 */
void aside_init(void *memory);
size_t aside_size(void);
void aside_set(void *piece, const void *value);
u64 aside_changes(void);
void aside_put_back(u64 mark);

/* context.S */
void context_switch(void **save, void *load);
void context_enter(void **save, void *top, void (*f)(void));
void context_reset(void *top, void (*f)(void)) noreturn;

static inline void clock_join(struct clock *c, const struct clock *with)
{
	for (u32 i = 0; i < MODEL_HARTS; i++)
		c->at[i] = MAX(c->at[i], with->at[i]);
}
