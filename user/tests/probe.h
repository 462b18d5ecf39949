/*
 * A process that tries what may fault, and a keeper that hears of it.
 *
 * The prober executes one access after the other; where one faults, the keeper
 * notes it and makes the prober go on behind it.  So a case asks what an
 * access leads to, and gets either the value or the fault.
 */
#pragma once

#include <abi/faults.h>

#include "memory.h"

/* Registers of the keeper; of the prober it has none. */
#define CAP_FAULTED CAP_D

struct probe_answer {
	u64 value;   /* loaded, if there was no fault */
	u64 fault;   /* enum fault_code */
	u64 address; /* as the keeper was told, w1 to w3 */
	u64 pc;
	u64 detail;
	u64 badge;
	struct proc_regs regs; /* of the prober, when it faulted */
};

static struct probe_answer probe_noted;
static u64 probe_faults; /* faults that the keeper was told of */

/* What the prober can do: each is called with an address and a value, and
   begins with the instruction that may fault. */
#define PROBES(X)                                          \
	X(load8, "lbu a0, 0(a0)")                          \
	X(load64, "ld a0, 0(a0)")                          \
	X(store8, "sb a1, 0(a0)")                          \
	X(store64, "sd a1, 0(a0)")                         \
	X(reserve, "lr.d a0, (a0)")                        \
	X(swap, "amoswap.d a0, a1, (a0)")                  \
	X(jump, "jr a0")                                   \
	X(illegal, "unimp")                                \
	X(sret, "sret")                                    \
	X(csr, "csrr a0, satp")                            \
	X(breakpoint, "ebreak")                            \
	X(invoke, "ecall")

/* ra leads back; the keeper sends the prober there. */
#define X(name, instruction)                                       \
	static __attribute__((naked, used)) void probe_##name(void) \
	{                                                          \
		asm volatile(instruction "\n\tret");               \
	}
PROBES(X)
#undef X

/* Told by the prober's message: which function, and its arguments. */
typedef u64 probe_function(u64, u64, u64, u64, u64, u64, u64, u64);

static void prober(u64 function, u64 a0, u64 a1, u64 a7)
{
	struct message m = { .resume = CAP_E };
	for (;;) {
		probe_function *f = (probe_function *)function;
		m.w[0] = f ? f(a0, a1, 0, 0, 0, 0, 0, a7) : 0;
		message_reply_wait(CAP_E, &m);
		function = m.w[0];
		a0 = m.w[1];
		a1 = m.w[2];
		a7 = m.w[3];
	}
}

/* What the keeper does about a fault; probe_refuse: nothing helps. */
static u64 (*probe_repair)(void);

static u64 probe_skip(void)
{
	struct proc_regs regs = probe_noted.regs;
	regs.pc = regs.x[1];
	regs.x[10] = 0;
	return process_set_regs(CAP_FAULTED, &regs);
}

static inline u64 probe_refuse(void)
{
	return RC_STATE;
}

static void keeper(u64 w0, u64 w1, u64 w2, u64 w3)
{
	struct message m = { .w = { w0, w1, w2, w3 },
			     .receive = { CAP_FAULTED }, .resume = CAP_E };
	message_wait(&m);
	for (;;) {
		probe_noted = (struct probe_answer){
			.fault = m.w[0] - FAULT_ORDER, .address = m.w[1],
			.pc = m.w[2], .detail = m.w[3], .badge = m.badge,
		};
		process_get_regs(CAP_FAULTED, &probe_noted.regs);
		add(&probe_faults, 1);
		message_answer(&m, probe_repair());
		message_reply_wait(CAP_E, &m);
	}
}

/*
 * Makes keeper (helper 0) and prober (helper 1): start capabilities to them in
 * `keep` and `probe`, a process capability to the prober in `process`.
 */
static inline void probe_new(unsigned keep, unsigned probe, unsigned process)
{
	probe_repair = probe_skip;
	probe_faults = 0;
	thread_start(keeper, MAIN_PRIORITY + 2, keep, 0, 0);
	CHECK_OK(process_make_start(keep, 7, keep));
	thread_new(prober, MAIN_PRIORITY + 1, process);
	CHECK_OK(process_set_slot(process, PS_KEEPER, keep));
	thread_send(process, 0, 0, 0, 0);
	AWAIT(process_state(process) == PST_AVAILABLE);
	CHECK_OK(process_make_start(process, 0, probe));
}

/* What comes of one access. */
static inline struct probe_answer probe(unsigned prober_start, void *function,
					u64 a0, u64 a1)
{
	struct message m = { .w = { (u64)function, a0, a1 } };
	probe_noted = (struct probe_answer){ 0 };
	message_call(prober_start, &m);
	probe_noted.value = m.w[0];
	return probe_noted;
}
