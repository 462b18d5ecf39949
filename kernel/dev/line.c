#include <dev/line.h>

struct irq_line irq_lines[IRQ_LINES];
