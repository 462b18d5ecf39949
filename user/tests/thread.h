/*
 * Helper processes: they run in the space of the tests, each on a stack of
 * its own, and end with the case.
 */
#pragma once

#include <abi/inspect.h>

#include "test.h"

#define THREADS_MAX 24
#define THREAD_STACK 2048
#define MAIN_PRIORITY 8 /* that of the test process, by the manifests */
#define PATIENCE (10 * TICKS_PER_S) /* of guest time, until a test gives up */

static char thread_stacks[THREADS_MAX][THREAD_STACK]
	__attribute__((aligned(16)));

static inline u64 load(const u64 *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void store(u64 *word, u64 value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static inline u64 add(u64 *word, u64 value)
{
	return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST);
}

static inline u64 schedule_make(u64 priority, u64 quantum, unsigned to)
{
	struct message m = { .w = { SCHEDULE_MAKE, priority, quantum },
			     .receive = { (u8)to } };
	return message_call(CAP_SCHEDULE, &m);
}

/* A helper whose function returned: it rests, available. */
static noreturn __attribute__((unused)) void thread_rest(void)
{
	for (;;) {
		struct message none = { 0 };
		message_wait(&none);
	}
}

static __attribute__((unused)) void thread_rest_now(u64 w0, u64 w1, u64 w2,
						   u64 w3)
{
	(void)w0, (void)w1, (void)w2, (void)w3;
	thread_rest();
}

/*
 * Sets where the process in a register goes on, with the words it gets; if it
 * is called, the resume capability comes into register E.
 */
static inline void thread_aim(unsigned process, u64 thread,
			      void (*function)(u64, u64, u64, u64))
{
	struct proc_regs regs = { .pc = (u64)function };
	regs.x[1] = (u64)thread_rest;
	regs.x[2] = (u64)&thread_stacks[thread + 1];
	regs.x[17] = CTL_RESUME_IN(CAP_E);
	CHECK_OK(process_set_regs(process, &regs));
}

/*
 * The process in a register, whatever it does, is available, and begins with
 * the function; who stalls on it is served.
 */
static inline void thread_restart(unsigned process, u64 thread,
				  void (*function)(u64, u64, u64, u64))
{
	CHECK_OK(process_stop(process, CAP_TMP));
	thread_aim(process, thread, function);
	CHECK_OK(call4(process, PROC_AVAILABLE, 0, 0, 0).w0);
}

/*
 * Makes a helper, available: the first message to it calls the function with
 * the message's words.  Returns its number, which its name tells too: "t3".
 */
static inline u64 thread_new(void (*function)(u64, u64, u64, u64),
			     unsigned priority, unsigned to)
{
	char name[PAGE_BITS];
	u64 thread = object_new(OK_PROCESS, to);
	CHECK(thread < THREADS_MAX);
	fmt_snprintf(name, sizeof(name), "t%lu", thread);
	CHECK_OK(process_set_name(to, name));
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(process_set_slot(to, PS_SPACE, CAP_TMP));
	CHECK_OK(schedule_make(priority, 0, CAP_TMP));
	CHECK_OK(process_set_slot(to, PS_SCHEDULE, CAP_TMP));
	CHECK_OK(kit(KIT_KEEPER, CAP_TMP));
	CHECK_OK(process_set_slot(to, PS_KEEPER, CAP_TMP));
	thread_aim(to, thread, function);
	return thread;
}

/* Sends words to the process in a register, which is available. */
static inline void thread_send(unsigned process, u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 } };
	CHECK_OK(process_make_start(process, 0, CAP_TMP));
	message_send(CAP_TMP, &m);
}

/* Makes a helper and lets it run: function(w0, w1, w2, 0). */
static inline u64 thread_start(void (*function)(u64, u64, u64, u64),
			       unsigned priority, unsigned to, u64 w0, u64 w1)
{
	u64 thread = thread_new(function, priority, to);
	thread_send(to, w0, w1, 0, 0);
	return thread;
}

static inline u64 process_state(unsigned process)
{
	struct words a = call4(process, PROC_GET_STATE, 0, 0, 0);
	CHECK_EQ(a.w0, RC_OK);
	return a.w1;
}

/* What the inspector says about a helper. */
static inline struct inspect_process thread_look(u64 thread)
{
	struct inspect_process p = { .name = "?" };
	char name[PAGE_BITS];
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	fmt_snprintf(name, sizeof(name), "t%lu", thread);
	for (u64 i = 0; strcmp(p.name, name) != 0; i++) {
		u64 index = i;
		CHECK_OK(inspect(CAP_TMP, INSPECT_PROCESS, &index, 0, &p,
				 sizeof(p)));
	}
	return p;
}

/* ... about the disk. */
static inline struct inspect_disk disk_look(void)
{
	struct inspect_disk d;
	u64 index = 0;
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	CHECK_OK(inspect(CAP_TMP, INSPECT_DISK, &index, 0, &d, sizeof(d)));
	return d;
}

static inline u64 hart_total(void)
{
	struct inspect_machine m;
	u64 index = 0;
	CHECK_OK(kit(KIT_INSPECTOR, CAP_TMP));
	CHECK_OK(inspect(CAP_TMP, INSPECT_MACHINE, &index, 0, &m, sizeof(m)));
	return m.harts;
}

/*
 * A moment is long next to what an invocation takes, which depends on how much
 * the kernel checks itself.
 */
static inline u64 moment(void)
{
	static u64 ticks;
	u64 now = time_now();
	if (!ticks)
		ticks = MAX(4 * (time_now() - now), 200 * TICKS_PER_US);
	return ticks;
}

/*
 * Gives way to whoever is ready, for a moment; a longer one where a kernel that
 * checks itself takes longer by now: it looks at all that is in memory.
 */
static inline void pause(void)
{
	u64 before = time_now(), now = time_now();
	time_wait_until(now + MAX(moment(), 4 * (now - before)));
}

/* Until the condition holds; fails the case if it does not in PATIENCE. */
#define AWAIT(condition)                                       \
	do {                                                   \
		u64 await_end = time_now() + PATIENCE;         \
		while (!(condition)) {                         \
			CHECK(time_now() < await_end);         \
			pause();                               \
		}                                              \
	} while (0)

/* Whether a helper hangs on the queue or the process of this name. */
static inline bool is_stalled_on(u64 thread, const char *name)
{
	struct inspect_process p = thread_look(thread);
	return strcmp(p.stalled_on, name) == 0;
}
