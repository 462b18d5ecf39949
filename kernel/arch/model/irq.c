/* Interrupts, the clock, user mode: what comes from outside. */
#include "machine.h"

#include <base/bits.h>
#include <hal/atomic.h>
#include <hal/irq.h>
#include <hal/mmu.h>
#include <hal/platform.h>
#include <hal/upcall.h>

u64 irq_acknowledged[IRQ_LINES];

struct device *machine_add_device(u32 line, u32 times, u32 on)
{
	struct device *d = &machine.device[machine.devices++];
	*d = (struct device){ .line = line, .times = times, .harts = on };
	return d;
}

/* Time passes for all, no timer is passed over; until it ends. */
static bool is_next_timer(u32 hart)
{
	u64 when = machine.hart[hart].timer;
	for (u32 i = 0; i < machine.harts; i++)
		if (machine.hart[i].timer < when)
			return false;
	return when != TIME_NEVER && when <= machine.time_ends;
}

static bool may_come(u32 hart, u32 source, bool idle)
{
	if (machine.hart[hart].raised & 1u << source)
		return true;
	if (source == SOURCE_TIMER)
		return (machine.time_flies || idle) && is_next_timer(hart);
	if (source == SOURCE_IPI)
		return false;
	struct device *d = &machine.device[source - SOURCE_DEVICE];
	return d->times && !d->masked && (d->harts & 1u << hart);
}

/*
 * The interrupts that may come to this hart now.  Time stands still while
 * somebody works (the choice has a cost), unless the scenario says otherwise.
 */
u32 irq_choices(struct choice *out, u32 hart, u8 cost)
{
	u32 n = 0;
	for (u32 s = 0; s < SOURCE_DEVICE + machine.devices; s++)
		if (may_come(hart, s, !cost))
			out[n++] = (struct choice){ CHOICE_INTERRUPT, (u8)hart,
						    (u8)s, cost };
	return n;
}

/* A line is masked as soon as it is raised: it stays so until unmasked. */
void irq_raise(u32 hart, u32 source)
{
	struct machine_hart *h = &machine.hart[hart];
	if (h->raised & 1u << source)
		return;
	h->raised |= 1u << source;
	if (source == SOURCE_TIMER)
		machine.now = MAX(machine.now, h->timer);
	if (source >= SOURCE_DEVICE) {
		struct device *d = &machine.device[source - SOURCE_DEVICE];
		d->times--;
		d->masked = true;
	}
}

static void leave_user_mode(struct machine_hart *h)
{
	h->user = false;
	h->irqs = false;
	atomic32_store_relaxed(&hart_self()->mode, HART_KERNEL);
}

/* Serves the first that is raised, on top of what this hart is doing. */
void irq_take(void)
{
	struct machine_hart *h = machine.current;
	u32 source = bit_lowest(h->raised);
	bool user = h->user;
	tell(TELL_INTERRUPT, NULL, source, user);
	if (source == SOURCE_IPI)
		clock_join(&h->now, &h->raiser);
	h->irqs = false;
	h->handling = !user;
	if (user)
		leave_user_mode(h);
	irq_arrived(source, user);
	if (user)
		model_failed("an interrupt came in user mode, and the handler "
			     "returned there");
	tell(TELL_EXIT, NULL, 0, 0);
	h->handling = false;
	h->irqs = true;
}

u64 irq_acknowledge(u64 cause)
{
	struct machine_hart *h = machine.current;
	h->raised &= ~(1u << cause);
	if (cause == SOURCE_TIMER) {
		timer_set(TIME_NEVER);
		return 1ul << PENDING_TIMER;
	}
	if (cause == SOURCE_IPI)
		return 1ul << PENDING_IPI;
	u32 line = machine.device[cause - SOURCE_DEVICE].line;
	irq_acknowledged[line]++;
	return 1ul << line;
}

/* A scenario may have lines of its own instead. */
__attribute__((weak)) void irq_unmask(u32 line)
{
	tell(TELL_UNMASK, NULL, line, 0);
	for (u32 i = 0; i < machine.devices; i++)
		if (machine.device[i].line == line)
			machine.device[i].masked = false;
}

void irqs_enable(void)
{
	struct machine_hart *h = machine.current;
	machine.pc = __builtin_return_address(0);
	if (!machine.on || h->irqs)
		return;
	if (h->handling)
		model_failed("the interrupt handler enables interrupts: a "
			     "second frame could come on the stack");
	tell(TELL_ENABLE, NULL, 0, 0);
	h->irqs = true;
	if (h->raised)
		harts_end_round();
	while (h->raised)
		irq_take();
	harts_round(&h->enabled_at, machine.pc);
}

void irqs_disable(void)
{
	struct machine_hart *h = machine.current;
	machine.pc = __builtin_return_address(0);
	if (!machine.on || !h->irqs)
		return;
	machine.step++;
	harts_point(false);
	tell(TELL_DISABLE, NULL, 0, 0);
	h->irqs = false;
}

bool irqs_enabled(void)
{
	return machine.current->irqs;
}

/* Taken only where interrupts are enabled, which is no good idea here. */
void irqs_wait(void)
{
	struct machine_hart *h = machine.current;
	machine.pc = __builtin_return_address(0);
	machine.step++;
	if (h->irqs)
		harts_point(false);
	tell(TELL_WAIT, NULL, 0, 0);
	harts_end_round();
	harts_block(WAITS);
	if (h->irqs)
		irq_take();
}

u64 time_now(void)
{
	return machine.now;
}

/* A time that is past interrupts at once. */
void timer_set(u64 when)
{
	struct machine_hart *h;
	if (!machine.on)
		return;
	h = machine.current;
	tell(TELL_TIMER, NULL, when, 0);
	h->timer = when;
	h->raised &= ~(1u << SOURCE_TIMER);
	if (when <= machine.now)
		irq_raise(machine_self(), SOURCE_TIMER);
}

void time_set(u64 now)
{
	machine.now = MAX(machine.now, now);
}

void timer_limit(u64 when)
{
	(void)when;
}

void ipi_send(u32 hart)
{
	struct machine_hart *to = &machine.hart[hart];
	machine.pc = __builtin_return_address(0);
	model_fence();
	harts_point(true);
	tell(TELL_IPI, NULL, hart, 0);
	clock_join(&to->raiser, &machine.current->now);
	machine.current->now.at[machine_self()]++;
	irq_raise(hart, SOURCE_IPI);
}

void hart_enter_user(void)
{
	struct machine_hart *h = machine.current;
	tell(TELL_USER, NULL, 0, 0);
	harts_end_round();
	h->user = true;
	h->irqs = true;
	if (!h->raised) {
		model_user();
		harts_block(WAITS);
	}
	irq_take();
	machine_leave();
}

void machine_trap(void (*f)(void))
{
	tell(TELL_TRAP, NULL, 0, 0);
	leave_user_mode(machine.current);
	context_reset(machine.current->top, f);
}

/* No user mappings here, so nothing to forget; a scenario may have some. */
__attribute__((weak)) void mmu_flush_local(void)
{
}
