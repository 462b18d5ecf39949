#include <dev/line.h>
#include <hal/irq.h>

struct irq_line irq_lines[IRQ_LINES];

void irq_line_arrived(u32 line)
{
	if (irq_lines[line].serve)
		irq_lines[line].serve();
	else
		irq_line_deliver(line);
}

void irq_line_own(u32 line, void (*serve)(void))
{
	irq_lines[line].serve = serve;
	irq_unmask(line);
}
