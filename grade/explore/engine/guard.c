/*
 * The student's code runs in this process.  What it does wrong ends the run,
 * not the explorer; and it can ask the system for nothing.
 */
#include "engine.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define SIGNAL_STACK (64 << 10)
#define TICK_US 10000
#define TICKS_MAX \
	150 /* 1.5 s of processor time in one run, which takes 50 us */

static void on_crash(int signal, siginfo_t *info, void *context)
{
	(void)context;
	failed(CRASH, "%s at address %lx, after <code %lx>",
	       signal == SIGFPE ? "a division by zero" : "a wild access",
	       (u64)info->si_addr, (u64)machine.pc);
}

/* Processor time passes: still in the same run? */
static void on_tick(int signal)
{
	struct explorer *x = explorer;
	(void)signal;
	x->processor++;
	if (x->ticked != x->pieces)
		x->ticks = 0;
	x->ticked = x->pieces;
	if (++x->ticks > TICKS_MAX && machine.on)
		failed(ENDLESS,
		       "the run does not end: a loop without an access "
		       "that others could see, after <code %lx>",
		       (u64)machine.pc);
}

static void handle(int signal, void (*on)(int, siginfo_t *, void *))
{
	struct sigaction a = { .sa_sigaction = on,
			       .sa_flags =
				       SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	sigaction(signal, &a, NULL);
}

void guard_init(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE,
				       SIGTRAP };
	stack_t alternate = { .ss_sp = allocate(SIGNAL_STACK),
			      .ss_size = SIGNAL_STACK };
	struct sigaction tick = { .sa_handler = on_tick,
				  .sa_flags = SA_ONSTACK | SA_NODEFER };
	struct itimerval every = { { 0, TICK_US }, { 0, TICK_US } };
	sigaltstack(&alternate, NULL);
	for (u32 i = 0; i < ARRAY_SIZE(crashes); i++)
		handle(crashes[i], on_crash);
	sigaction(SIGPROF, &tick, NULL);
	setitimer(ITIMER_PROF, &every, NULL);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
}

/* All that is allowed now is to read, to write, and this. */
void guard_close(void)
{
	syscall(SYS_exit, 0);
}

/* What GCC calls when a function's frame was overwritten. */
void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	failed(CRASH,
	       "a function wrote beyond its own variables, on the "
	       "stack, after <code %lx>",
	       (u64)machine.pc);
}
