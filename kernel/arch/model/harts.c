/* Harts as coroutines: who goes on, and when nobody can. */
#include "machine.h"

#include <base/string.h>
#include <hal/irq.h>
#include <hal/upcall.h>

#define LEFT_MAX 512 /* bytes of the model's own frames */

struct machine machine;
struct hart harts[HARTS_MAX];

u32 hart_count(void)
{
	return machine.harts;
}

struct hart *hart_self(void)
{
	return &harts[machine.current ? machine_self() : 0];
}

void machine_add_hart(void *top, void (*body)(void))
{
	u32 id = machine.harts++;
	harts[id].id = id;
	harts[id].hw_id = id;
	harts[id].quantum_end = TIME_NEVER;
	harts[id].alarm = TIME_NEVER;
	harts[id].timer = TIME_NEVER;
	machine.hart[id].top = top;
	machine.hart[id].body = body;
	machine.hart[id].timer = TIME_NEVER;
	machine.hart[id].now.at[id] = 1;
}

static void hart_begin(void)
{
	machine.current->body();
	machine_end();
}

/*
 * Nothing is left below the stack pointer of what was there while the hart did
 * not run, to be found in a variable that nobody has set: harts in the same
 * state have the same stacks.
 */
static __attribute__((noinline)) void forget_below(void)
{
	char gone[LEFT_MAX];
	memset(gone, 0, sizeof(gone));
	asm volatile("" : : "r"(gone) : "memory");
}

/* From the context of `save` to hart h, which goes on where it was. */
static void switch_to(void **save, struct machine_hart *h)
{
	machine.current = h;
	machine.streak = 0;
	if (h->begun) {
		context_switch(save, h->context);
	} else {
		h->begun = true;
		context_enter(save, h->top, hart_begin);
	}
	forget_below();
}

void machine_suspend(void)
{
	context_switch(&machine.current->context, machine.outside);
	forget_below();
}

void machine_resume(void)
{
	context_switch(&machine.outside, machine.current->context);
}

void machine_leave(void)
{
	context_switch(&machine.current->context, machine.outside);
	for (;;)
		;
}

static bool can_go_on(const struct machine_hart *h)
{
	if (h->standing == SPINS)
		return h->disturbed || (h->irqs && h->raised);
	return h->standing == RUNS || (h->standing == WAITS && h->raised);
}

/* Other harts that can go on as they are. */
static u32 hart_choices(struct choice *out, u8 cost)
{
	u32 n = 0, self = machine_self();
	for (u32 k = 1; k <= machine.harts; k++) {
		u32 i = (self + k) % machine.harts;
		if (i != self && can_go_on(&machine.hart[i]))
			out[n++] = (struct choice){ CHOICE_HART, (u8)i, (u8)i,
						    cost };
	}
	return n;
}

/* Interrupts that would make a blocked hart go on. */
static u32 wakeup_choices(struct choice *out, u8 cost)
{
	u32 n = 0;
	for (u32 i = 0; i < machine.harts; i++) {
		struct machine_hart *h = &machine.hart[i];
		if (!can_go_on(h) &&
		    (h->standing == WAITS || (h->standing == SPINS && h->irqs)))
			n += irq_choices(out + n, i, cost);
	}
	return n;
}

/* Makes the choice come true but for the interrupt's being served. */
static void follow(const struct choice *c)
{
	struct machine_hart *self = machine.current, *h = &machine.hart[c->on];
	if (c->kind == CHOICE_INTERRUPT)
		irq_raise(c->on, c->what);
	if (h != self)
		switch_to(&self->context, h);
}

/* The next in turn goes first; so no two can go round and round for free. */
static void yield(void)
{
	struct choice *c = machine.asked;
	u32 n = hart_choices(c, 1);
	if (!n)
		return;
	c[0].cost = 0;
	c[n++] = (struct choice){ CHOICE_HART, (u8)machine_self(),
				  (u8)machine_self(), 1 };
	machine.step++;
	struct choice chosen = c[model_choose(c, n)];
	follow(&chosen);
}

/* Each access is a step, whoever minds it: so that steps name places. */
void harts_step(const void *pc)
{
	if (++machine.step > STEPS_MAX)
		model_out_of_steps();
	machine.own[machine_self()]++;
	if (++machine.streak > STREAK_MAX)
		yield();
	machine.pc = pc;
}

/*
 * Before an access: this hart goes on, unless it is to be otherwise.  With
 * `switches` false other harts are left out: only an interrupt of this hart
 * can matter to the access.
 */
void harts_point(bool switches)
{
	struct choice *c = machine.asked;
	for (;;) {
		struct machine_hart *h = machine.current;
		bool open = h->irqs && !h->handling;
		u32 n = 1;
		c[0] = (struct choice){ CHOICE_GO_ON, (u8)machine_self(), 0,
					0 };
		if (switches) {
			n += hart_choices(c + n, 1);
			n += wakeup_choices(c + n, 1);
		}
		if (open)
			n += irq_choices(c + n, machine_self(), 1);
		if (n == 1)
			return;
		struct choice chosen = c[model_choose(c, n)];
		if (chosen.kind == CHOICE_GO_ON)
			return;
		bool here = chosen.on == machine_self();
		follow(&chosen);
		if (here)
			irq_take();
		else
			switches = false;
	}
}

/*
 * Returns when this hart has been chosen to go on.  When nobody can, all
 * stores have long reached memory, and only an interrupt can come.
 */
void harts_block(enum standing standing)
{
	struct choice *c = machine.asked;
	machine.current->standing = standing;
	machine.step++;
	for (;;) {
		u32 n = 0;
		if (can_go_on(machine.current))
			c[n++] = (struct choice){ CHOICE_HART,
						  (u8)machine_self(),
						  (u8)machine_self(), 0 };
		n += hart_choices(c + n, 0);
		if (!n && memory_drain_all())
			continue;
		if (!n)
			model_still();
		n += wakeup_choices(c + n, n ? 1 : 0);
		if (!n)
			machine_leave();
		struct choice chosen = c[n > 1 ? model_choose(c, n) : 0];
		follow(&chosen);
		break;
	}
	machine.current->standing = RUNS;
}

static bool watches(const struct machine_hart *h, const void *word)
{
	for (u32 k = 0; k < h->watching; k++)
		if (k == WATCHED_MAX || h->watched[k] == word)
			return true;
	return false;
}

/* Nobody chooses it again. */
void machine_end(void)
{
	tell(TELL_END, NULL, 0, 0);
	harts_block(ENDED);
	machine_leave();
}

/* Another value of the word has been stored, or may be seen from now on. */
void harts_disturb(const void *word)
{
	for (u32 i = 0; i < machine.harts; i++)
		if (watches(&machine.hart[i], word))
			machine.hart[i].disturbed = true;
}

/* More than can be watched: then each change counts. */
void harts_watch(const void *word)
{
	struct machine_hart *h = machine.current;
	if (h->watching > WATCHED_MAX || watches(h, word))
		return;
	if (h->watching < WATCHED_MAX)
		h->watched[h->watching] = word;
	h->watching++;
}

/*
 * A loop that waits: it goes round again when what it looked at in its last
 * round may have changed.
 */
void model_spin(void)
{
	struct machine_hart *h = machine.current;
	if (!machine.on)
		return;
	h->pc = machine.pc = __builtin_return_address(0);
	tell(TELL_SPIN, NULL, 0, 0);
	if (!h->disturbed)
		harts_block(SPINS);
	h->watching = 0;
	h->disturbed = false;
	if (h->irqs && h->raised && !h->handling)
		irq_take();
}

/* The first to go is chosen, too. */
u32 machine_first(void)
{
	for (u32 i = 0; i < machine.harts; i++)
		machine.asked[i] =
			(struct choice){ CHOICE_HART, (u8)i, (u8)i, 0 };
	return machine.harts;
}

void machine_begin(u32 first)
{
	machine.on = true;
	switch_to(&machine.outside, &machine.hart[first]);
}

void machine_run(void)
{
	u32 n = machine_first();
	machine_begin(n > 1 ? model_choose(machine.asked, n) : 0);
}

/*
 * Who passes the same place twice running (starts over, or leaves off idling)
 * met something that only others can change: it is a loop that waits, though
 * it does not say so.
 */
void harts_round(const void **last, const void *place)
{
	bool again = *last == place;
	*last = place;
	if (again)
		yield();
}

/* The loop is left: the hart runs a process, or sleeps. */
void harts_end_round(void)
{
	machine.current->reset_at = NULL;
	machine.current->enabled_at = NULL;
}

void hart_reset_stack(void (*f)(void))
{
	struct machine_hart *h = machine.current;
	h->handling = false;
	h->user = false;
	harts_round(&h->reset_at, (const void *)f);
	context_reset(h->top, f);
}
