/*
 * What the scenarios of lab 1 have in common: the board (user/tests/lab01.h),
 * and a note there of each interrupt the handler is called for.
 */
#pragma once

#include "../../user/tests/lab01.h"

#include <diag/args.h>
#include <boot/scenario.h>
#include <csr.h>
#include <hal/hart.h>
#include <hal/mmu.h>
#include <lock/spin.h>
#include <obj/object.h>

/* Not static: the grader reads it from outside. */
struct board *board;

/* Called first of all when the handler is. */
static void board_note(u64 cause, bool from_user)
{
	u64 now = csr_read(cycle);
	struct waiter *w = &board->waiter[(cause & 0xff) != IRQ_EXTERNAL];
	w->arrivals++;
	if (w->handled >= w->due || now < w->due)
		return;
	w->handled = now;
	w->pc = csr_read(sepc);
	w->from_user = from_user;
	w->over = atomic32_load_relaxed(&hart_self()->priority);
}

/* A check that took from `start` to now is no fault of the kernel's. */
static inline void board_excuse(u64 start)
{
	u64 end = csr_read(cycle);
	for (unsigned s = 0; s < SOURCES; s++) {
		struct waiter *w = &board->waiter[s];
		if (end > w->due)
			w->excused += end - MAX(start, w->due);
	}
}

/*
 * A scenario that declares this stops what would never end: the handler that
 * waits for a lock of the code it has interrupted.  No other wait is as long.
 */
#define ROUNDS 100000

void __wrap_spin_wait(struct spinlock *l);
void __wrap_spin_wait(struct spinlock *l)
{
	for (u64 i = 0; i < ROUNDS; i++) {
		if (!atomic32_load_relaxed(&l->taken) &&
		    !atomic32_swap_acquire(&l->taken, 1))
			return;
		spin_hint();
	}
	panic("lab 1", "the %s lock is waited for, and never let go: did the "
	      "interrupt come while it was held?", lock_names[l->rank]);
}

/* In instructions, at its longest. */
static u64 board_note_cost(void)
{
	struct waiter *w = &board->waiter[BY_DEVICE];
	w->due = 1;
	u64 start = csr_read(cycle);
	board_note(IRQ_EXTERNAL, false);
	u64 cost = csr_read(cycle) - start;
	*w = (struct waiter){ 0 };
	return cost / board->step;
}

static u64 working_harts(void)
{
	u64 n = 0;
	for (u32 i = 0; i < hart_count(); i++)
		n += !harts[i].chaos;
	return n;
}

/* It is the first page that the manifest names. */
static void board_init(void)
{
	board = direct(obj_page(obj_find(OK_PAGE, 0))->frame);
	board->magic = BOARD_MAGIC;
	board->step = 1ul << arg_number("shift", 0);
	board->kinds = arg_number("kinds", ~0ul);
	board->stride = arg_number("stride", 1);
	board->only = arg_number("offset", ~0ul) + 1;
	board->harts = working_harts();
	board->exact = board->harts == 1;
	board->rotate = 1000 * arg_number("rotate", 0);
	board->prompt = arg_number("prompt", 8000);
	board->note_cost = board_note_cost();
}
