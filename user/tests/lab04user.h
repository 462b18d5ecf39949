/*
 * Lab 4's test programs: the ledger, and servers that log whom they serve.
 * Helper processes are those of thread.h; a server is told how long to be
 * busy, and writes down the badge of who called.
 */
#pragma once

#include "lab04.h"
#include "thread.h"

/* Where the manifests map the ledger. */
#define LEDGER (WINDOW + 0x1000)
#define LOG_MAX 512

static volatile struct ledger *const ledger = (volatile struct ledger *)LEDGER;

static u64 served, took[LOG_MAX], last_service; /* the last in cycles */

static inline void forget_services(void)
{
	store(&served, 0);
}

static inline u64 cycle_now(void)
{
	u64 cycle;
	asm volatile("rdcycle %0" : "=r"(cycle));
	return cycle;
}

/*
 * A server.  Word 1 of a message is for how many ticks it is to be busy, which
 * it spends asleep; word 0 says who sends it.
 */
static __attribute__((unused)) void serve(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 }, .resume = CAP_E };
	for (;;) {
		u64 n = add(&served, 1);
		took[n % LOG_MAX] = m.w[0];
		last_service = cycle_now();
		__atomic_fetch_add(&ledger->services, 1, __ATOMIC_RELAXED);
		if (m.w[1])
			time_wait_until(time_now() + m.w[1]);
		m.w[0] = n + 1;
		message_reply_wait(CAP_E, &m);
	}
}

/* Makes a server; a start capability to it stays in the register. */
static inline u64 server_new(unsigned priority, unsigned to)
{
	u64 thread = thread_new(serve, priority, to);
	CHECK_OK(process_set_cap(to, CAP_WAIT, CAP_WAIT));
	CHECK_OK(process_make_start(to, 0, to));
	return thread;
}

/* Keeps the server whose start capability is in the register busy so long. */
static inline void server_busy(unsigned server, u64 who, u64 ticks)
{
	struct message m = { .w = { who, ticks } };
	message_send(server, &m);
}

/*
 * A client: whenever it gets a message it calls the server in its register C,
 * and notes its turn and when it was answered.
 */
static u64 turn_of[THREADS_MAX], answered_at[THREADS_MAX], answers;

static __attribute__((unused)) void call_server(u64 me, u64 busy, u64 w2,
						u64 w3)
{
	struct message m = { .w = { me, busy, w2, w3 } };
	for (;;) {
		u64 turn = call4(CAP_C, m.w[0], m.w[1], m.w[2], m.w[3]).w0;
		store(&turn_of[m.w[0]], turn);
		store(&answered_at[m.w[0]], time_now());
		add(&answers, 1);
		message_wait(&m);
	}
}

static inline void forget_answers(void)
{
	store(&answers, 0);
	for (u64 i = 0; i < THREADS_MAX; i++) {
		store(&turn_of[i], 0);
		store(&answered_at[i], 0);
	}
}

/* A helper that has the server of the register in its register C. */
static inline u64 client_new(void (*function)(u64, u64, u64, u64),
			     unsigned priority, unsigned server, unsigned to)
{
	u64 thread = thread_new(function, priority, to);
	CHECK_OK(process_set_cap(to, CAP_C, server));
	CHECK_OK(process_set_cap(to, CAP_WAIT, CAP_WAIT));
	return thread;
}

/* One that calls at once; it stalls if the server is busy. */
static inline u64 caller_new(unsigned priority, unsigned server, unsigned to)
{
	u64 thread = client_new(call_server, priority, server, to);
	thread_send(to, thread, 0, 0, 0);
	return thread;
}

/* A process made before, by its number. */
static inline void find_thread(u64 thread, unsigned to)
{
	CHECK_OK(range_make(CAP_PROCESSES, thread, to));
}

static inline void change_priority(unsigned process, u64 priority)
{
	CHECK_OK(schedule_make(priority, 0, CAP_TMP));
	CHECK_OK(process_set_slot(process, PS_SCHEDULE, CAP_TMP));
}

static inline void begin_case(void)
{
	forget_services();
	forget_answers();
}

/* Ends the machine when all cases are done. */
static inline noreturn void ledger_all(const struct test_case *cases,
				       unsigned count)
{
	u32 status = test_table(cases, count, begin_case);
	ledger->finished = LEDGER_MAGIC;
	test_end(status);
}
