/*
 * Lab 1, the sweep: after every interrupt the queues are looked over, on the
 * way to user mode, when nothing is in flight.
 */
#include "board.h"

#include <cap/cap.h>
#include <proc/process.h>
#include <wait/queue.h>

void __wrap_spin_wait(struct spinlock *l); /* board.h */
void __real_irq_arrived(u64 cause, bool from_user);
void __wrap_irq_arrived(u64 cause, bool from_user);
void __real_hart_enter_user(void) noreturn;
void __wrap_hart_enter_user(void) noreturn;

static char names[QUEUE_COUNT][32];
static bool looked_over = true;

void scenario_boot(void)
{
	board_init();
	for (unsigned i = 0; i < QUEUE_COUNT; i++)
		queue_name(i, names[i], sizeof(names[i]));
}

static void check_queue(enum queue_group g, unsigned i)
{
	struct ring *r = queue_ring(g, i);
	ring_check(r, names[queue_index(r)]);
}

static void check_hook(struct process *p)
{
	struct link *l = &p->base.hook.link;
	struct ring *r = hook_ring(&p->base.hook);
	ring_check(proc_ring(p), p->name);
	if (r && (l->prev->next != l || l->next->prev != l))
		panic(queue_index(r) >= 0 ? names[queue_index(r)] : "ring",
		      "the hook of %s says that it is on ring %p, which has "
		      "lost it", p->name, (void *)r);
}

static void look_over(void)
{
	u64 start = csr_read(cycle);
	struct obj *o;
	for (unsigned i = 0; i < PRIORITIES; i++)
		check_queue(Q_READY, i);
	for (unsigned i = 0; i < WAIT_QUEUES; i++)
		check_queue(Q_WAIT, i);
	check_queue(Q_WORRY, 0);
	check_queue(Q_IRQ, LINE);
	for (u64 i = 0; (o = obj_at(OK_PROCESS, i)); i++)
		check_hook(obj_process(o));
	looked_over = true;
	board_excuse(start);
}

void __wrap_irq_arrived(u64 cause, bool from_user)
{
	board_note(cause, from_user);
	looked_over = false;
	__real_irq_arrived(cause, from_user);
}

void __wrap_hart_enter_user(void)
{
	if (!looked_over)
		look_over();
	__real_hart_enter_user();
}
