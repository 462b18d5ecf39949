/*
 * Lab 1, frames: what the handler does, watched from within.
 *
 * The handler begins when irq_arrived() is called, and ends when that returns
 * or, from user mode, when interrupts are enabled again: from then on it is
 * ordinary kernel code that runs.  In between no lock may be taken, and no
 * queue may change.  Needs the debug kernel, which notes every lock taken;
 * its look at all objects is left out, or nothing would ever be done.
 */
#include "board.h"

#include <hal/irq.h>
#include <lock/spin.h>
#include <proc/process.h>
#include <wait/queue.h>

void __wrap_spin_wait(struct spinlock *l); /* board.h */
void __real_irq_arrived(u64 cause, bool from_user);
void __wrap_irq_arrived(u64 cause, bool from_user);
void __real_irqs_enable(void);
void __wrap_irqs_enable(void);
void __real_spin_note_taken(const struct spinlock *l);
void __wrap_spin_note_taken(const struct spinlock *l);
void __wrap_check_all(void);

static bool in_handler;
static u64 before; /* the queues, when the handler began */

void scenario_boot(void)
{
	board_init();
}

void __wrap_check_all(void)
{
}

/* A sum over all queue heads and hooks, in which every change shows. */
static u64 sum_words(u64 sum, const void *from, size_t size)
{
	for (const u64 *w = from; size >= sizeof(*w); w++, size -= sizeof(*w))
		sum = (sum ^ *w) * 0x100000001b3ul;
	return sum;
}

static u64 sum_queues(void)
{
	struct obj *o;
	u64 sum = sum_words(0, queues, sizeof(queues));
	for (u64 i = 0; (o = obj_at(OK_PROCESS, i)); i++) {
		struct process *p = obj_process(o);
		sum = sum_words(sum, &o->ring, sizeof(o->ring));
		sum = sum_words(sum, &p->base.hook, sizeof(p->base.hook));
	}
	return sum;
}

static void handler_begins(bool from_user)
{
	u64 frames = board->frames + !from_user;
	if (frames > 1)
		panic("lab 1", "a second interrupt frame is on the stack: the "
		      "handler was interrupted before it returned");
	board->frames = frames;
	board->frames_most = MAX(frames, board->frames_most);
	board->modes[from_user]++;
	board->locked += hart_self()->spin_ranks != 0;
	before = sum_queues();
	in_handler = true;
}

static void handler_ends(void)
{
	in_handler = false;
	if (sum_queues() != before)
		panic("lab 1", "the interrupt handler has changed a queue; it "
		      "is to note the interrupt, and no more");
}

void __wrap_irq_arrived(u64 cause, bool from_user)
{
	u64 start = csr_read(cycle);
	board_note(cause, from_user);
	handler_begins(from_user);
	board_excuse(start);
	__real_irq_arrived(cause, from_user);
	start = csr_read(cycle);
	handler_ends();
	board->frames--;
	board_excuse(start);
}

void __wrap_irqs_enable(void)
{
	u64 start = csr_read(cycle);
	if (in_handler && board->frames)
		panic("lab 1", "the handler enables interrupts before it "
		      "returns to the kernel that it interrupted");
	if (in_handler) {
		handler_ends();
		board_excuse(start);
	}
	__real_irqs_enable();
}

void __wrap_spin_note_taken(const struct spinlock *l)
{
	if (in_handler)
		panic("lab 1", "the interrupt handler takes a lock: %s (rank "
		      "%u)", lock_names[l->rank], l->rank);
	__real_spin_note_taken(l);
}
