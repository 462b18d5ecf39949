/*
 * The first process.  It keeps the others of the manifest: a fault in one of
 * them is reported, and the shell is started anew; the rest stay stopped, for
 * whoever wants to look at them.  It holds the machine's switch, so that
 * nobody else need.
 */
#include <caps.h>
#include <console.h>
#include <device.h>
#include <faults.h>
#include <init.h>
#include <invoke.h>
#include <layout.h>
#include <object.h>
#include <program.h>

#define SWITCH_OFF 0x5555

static const char *badge_name(u16 badge)
{
	static const char *const names[] = {
#define X(id, n, name) [id] = name,
		INIT_BADGES(X)
#undef X
	};
	return badge < INIT_BADGE_COUNT ? names[badge] : names[INIT_OTHER];
}

/* Its memory stays as it is, but it begins at its beginning. */
static u64 start_again(unsigned process)
{
	struct proc_regs regs = { .pc = PROGRAM_START, .x[2] = STACK_TOP };
	return process_set_regs(process, &regs);
}

static u64 keep(const struct message *m, u64 fault)
{
	bool again = m->badge == INIT_SHELL && start_again(CAP_IN) == RC_OK;
	printf("init: %s: %s at 0x%lx (pc 0x%lx): %s\n", badge_name(m->badge),
	       fault_name(fault), m->w[1], m->w[2],
	       again ? "started again" : "stopped");
	return again ? RC_OK : RC_STATE;
}

static u64 handle(const struct message *m)
{
	u64 fault;
	if (fault_of_order(m->w[0], &fault))
		return keep(m, fault);
	if (m->w[0] != INIT_POWER_OFF)
		return RC_ORDER;
	if (m->badge != INIT_SHELL)
		return RC_RIGHTS;
	device_write32(WINDOW, SWITCH_OFF);
	return RC_STATE;
}

int main(void)
{
	struct message m = { .receive = { CAP_IN }, .resume = CAP_REPLY };
	message_wait(&m);
	for (;;) {
		message_answer(&m, handle(&m));
		message_reply_wait(CAP_REPLY, &m);
	}
}
