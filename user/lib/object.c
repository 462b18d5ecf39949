#include <base/string.h>
#include <object.h>

u64 page_zero(unsigned page)
{
	return call4(page, PAGE_ZERO, 0, 0, 0).w0;
}

/* An order with one word that sends one capability. */
static u64 give(unsigned target, u64 order, u64 w1, unsigned from)
{
	struct message m = { .w = { order, w1 }, .send = { (u8)from } };
	return message_call(target, &m);
}

/* An order with one word that is answered by one capability. */
static u64 take(unsigned target, u64 order, u64 w1, unsigned to)
{
	struct message m = { .w = { order, w1 }, .receive = { (u8)to } };
	return message_call(target, &m);
}

/* An order without a word that is answered by one word. */
static u64 ask(unsigned target, u64 order, u64 *value)
{
	struct words answer = call4(target, order, 0, 0, 0);
	if (answer.w0 == RC_OK)
		*value = answer.w1;
	return answer.w0;
}

u64 page_copy(unsigned page, unsigned from)
{
	return give(page, PAGE_COPY, 0, from);
}

u64 page_read(unsigned page, u64 offset, void *bytes, size_t size)
{
	struct message m = { .w = { PAGE_READ, offset, size },
			     .buffer = bytes,
			     .buffer_size = size };
	return message_call(page, &m);
}

u64 page_write(unsigned page, u64 offset, const void *bytes, size_t size)
{
	struct message m = { .w = { PAGE_WRITE, offset },
			     .text = bytes,
			     .text_size = size };
	return message_call(page, &m);
}

u64 node_get(unsigned node, unsigned slot, unsigned to)
{
	return take(node, NODE_GET, slot, to);
}

u64 node_set(unsigned node, unsigned slot, unsigned from)
{
	return give(node, NODE_SET, slot, from);
}

u64 node_set_number(unsigned node, unsigned slot, u64 value)
{
	return call4(node, NODE_SET_NUMBER, slot, value, 0).w0;
}

u64 node_copy(unsigned node, unsigned from)
{
	return give(node, NODE_COPY, 0, from);
}

u64 node_span(unsigned node, u64 *bits)
{
	return ask(node, NODE_GET_SPAN, bits);
}

u64 node_set_span(unsigned node, unsigned bits)
{
	return call4(node, NODE_SET_SPAN, bits, 0, 0).w0;
}

u64 node_meter(unsigned node, unsigned to)
{
	return take(node, NODE_METER, 0, to);
}

u64 number_read(unsigned number, u64 *value)
{
	if (cap_type_of(number, NULL) != CT_NUMBER)
		return RC_CAPTYPE;
	return ask(number, NUMBER_READ, value);
}

u64 process_get_regs(unsigned process, struct proc_regs *regs)
{
	struct message m = { .w = { PROC_GET_REGS },
			     .buffer = regs,
			     .buffer_size = sizeof(*regs) };
	return message_call(process, &m);
}

u64 process_set_regs(unsigned process, const struct proc_regs *regs)
{
	struct message m = { .w = { PROC_SET_REGS },
			     .text = regs,
			     .text_size = sizeof(*regs) };
	return message_call(process, &m);
}

u64 process_set_cap(unsigned process, unsigned reg, unsigned from)
{
	return give(process, PROC_SET_CAP, reg, from);
}

u64 process_get_slot(unsigned process, enum proc_slot slot, unsigned to)
{
	return take(process, PROC_GET_SLOT, slot, to);
}

u64 process_set_slot(unsigned process, enum proc_slot slot, unsigned from)
{
	return give(process, PROC_SET_SLOT, slot, from);
}

u64 process_make_start(unsigned process, u16 badge, unsigned to)
{
	return take(process, PROC_MAKE_START, badge, to);
}

u64 process_stop(unsigned process, unsigned to)
{
	return take(process, PROC_STOP, 0, to);
}

u64 process_resume(unsigned process, unsigned to)
{
	return take(process, PROC_RESUME, 0, to);
}

u64 process_set_name(unsigned process, const char *name)
{
	struct message m = { .w = { PROC_SET_NAME },
			     .text = name,
			     .text_size = strlen(name) };
	return message_call(process, &m);
}

u64 range_make(unsigned range, u64 offset, unsigned to)
{
	return take(range, RANGE_MAKE, offset, to);
}

u64 range_destroy(unsigned range, u64 offset)
{
	return call4(range, RANGE_DESTROY, offset, 0, 0).w0;
}

u64 range_identify(unsigned range, unsigned object, u64 *offset)
{
	struct message m = { .w = { RANGE_IDENTIFY }, .send = { (u8)object } };
	if (message_call(range, &m) == RC_OK)
		*offset = m.w[1];
	return m.w[0];
}

u64 range_size(unsigned range, u64 *count)
{
	return ask(range, RANGE_SIZE, count);
}

enum cap_type cap_type_of(unsigned cap, u64 *rights)
{
	struct message m = { .w = { DISCRIM_TYPE }, .send = { (u8)cap } };
	if (message_call(CAP_DISCRIM, &m) != RC_OK)
		return CT_VOID;
	if (rights)
		*rights = m.w[2];
	return (enum cap_type)m.w[1];
}

u64 irq_wait(unsigned irq, bool *restarted)
{
	struct words a = call4(irq, IRQ_WAIT, 0, 0, 0);
	*restarted = a.w1 == 1;
	return a.w0;
}

u64 time_now(void)
{
	return call4(CAP_WAIT, WAIT_NOW, 0, 0, 0).w1;
}

u64 time_wait_until(u64 ticks)
{
	return call4(CAP_WAIT, WAIT_UNTIL, ticks, 0, 0).w0;
}

u64 inspect(unsigned inspector, u64 order, u64 *w1, u64 w2, void *record,
	    size_t size)
{
	struct message m = { .w = { order, *w1, w2 },
			     .buffer = record,
			     .buffer_size = size };
	if (message_call(inspector, &m) == RC_OK)
		*w1 = m.w[1];
	return m.w[0];
}
