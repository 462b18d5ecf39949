/*
 * The notes are taken first, and the flag that they are there is cleared
 * then: an interrupt that comes in between is noted, and nobody looks.
 */
#include <base/bits.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <proc/dispatch.h>
#include <sched/stall.h>
#include <sched/timed.h>
#include <space/shoot.h>
#include <trap/check_all.h>
#include <trap/defer.h>
#include <trap/txn.h>

void irq_arrived(u64 cause, bool from_user)
{
	struct hart *h = hart_self();
	u64 bits = irq_acknowledge(cause);
	trace(TR_IRQ, bits, from_user);
	atomic64_or_relaxed(&h->pending, bits);
	if (from_user)
		resched();
	atomic32_store_relaxed(&h->need_resched, 1);
}

void return_to_user(void)
{
	struct hart *h = hart_self();
	txn_end();
	check_all_if_debug();
	sched_send_kicks();
	irqs_disable();
	if (atomic32_load_relaxed(&h->need_resched))
		resched();
	/* Interrupts stay disabled from the look to user mode: one that came
	   in between would wait for a whole quantum. */
	txn_leave();
	shoot_enter_user();
	hart_enter_user();
}

void irq_line_wait(u32 line)
{
	struct ring *r = queue_ring(Q_IRQ, line);
	spin_lock(&r->lock);
	if (irq_lines[line].latched) {
		irq_lines[line].latched = false;
		spin_unlock(&r->lock);
		return;
	}
	/* In this order: an interrupt that comes at once finds it waiting. */
	stall_enqueue_locked(r);
	irq_unmask(line);
	txn_stall_enqueued(r);
}

void irq_line_deliver(u32 line)
{
	struct ring *r = queue_ring(Q_IRQ, line);
	spin_lock(&r->lock);
	irq_lines[line].latched = true;
	atomic64_add_relaxed(&irq_lines[line].delivered, 1);
	/* All: the first may have changed its mind, and the line is masked
	   until one of them takes the latch and waits again. */
	stall_wake_some_locked(r, ~0u);
	spin_unlock(&r->lock);
}

/* Everything the handler noted since the last time. */
static void deliver_pending(void)
{
	struct hart *h = hart_self();
	u64 bits = atomic64_swap_acquire(&h->pending, 0);
	atomic32_store_relaxed(&h->need_resched, 0);
	if (bits & (1ul << PENDING_TIMER))
		timed_serve(time_now());
	for (bits &= (1ul << IRQ_LINES) - 1; bits; bits &= bits - 1)
		irq_line_arrived(bit_lowest(bits));
}

/*
 * Waits until there may be something to do.  Whoever readies a process writes
 * the queue and then looks for an idle hart; we write that we idle and then
 * look at the queue.
 */
static void idle(void)
{
	struct hart *h = hart_self();
	trace(TR_IDLE, 0, 0);
	txn_leave();
	timed_program();
	irqs_disable();
	atomic32_store_relaxed(&h->priority, 0);
	fence_full();
	if (sched_highest() < 0 && !atomic32_load_relaxed(&h->need_resched)) {
		atomic32_store_relaxed(&h->mode, HART_IDLE);
		irqs_wait();
		atomic32_store_relaxed(&h->mode, HART_KERNEL);
	}
	irqs_enable();
}

/* On an empty stack: nothing of the path that was given up is left. */
static noreturn void next_process(void)
{
	proc_put_back();
	for (;;) {
		deliver_pending();
		if (proc_load_next())
			txn_begin(txn_run_loaded);
		sched_send_kicks();
		idle();
	}
}

void resched(void)
{
	irqs_enable();
	txn_end();
	hart_reset_stack(next_process);
}
