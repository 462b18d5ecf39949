#include <caps.h>
#include <invoke.h>

static u64 control(enum invoke_op op, unsigned target, const struct message *m)
{
	u64 ctl = CTL_OP(op) | CTL_TARGET(target) | CTL_RESUME_IN(m->resume) |
		  CTL_RESUME_OUT(m->resume_out);
	for (int i = 0; i < MSG_CAPS; i++)
		ctl |= CTL_SEND(i, m->send[i]) | CTL_RECV(i, m->receive[i]);
	return ctl;
}

static void invoke(u64 ctl, struct message *m)
{
	register u64 a0 asm("a0") = m->w[0];
	register u64 a1 asm("a1") = m->w[1];
	register u64 a2 asm("a2") = m->w[2];
	register u64 a3 asm("a3") = m->w[3];
	register u64 a4 asm("a4") = (u64)m->text;
	register u64 a5 asm("a5") = m->text_size;
	register u64 a6 asm("a6") = (u64)m->buffer;
	register u64 t0 asm("t0") = m->buffer_size;
	register u64 a7 asm("a7") = ctl;
	asm volatile("ecall"
		     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
		       "+r"(a5), "+r"(a6), "+r"(t0), "+r"(a7)
		     :
		     : "ra", "t1", "t2", "t3", "t4", "t5", "t6", "memory");
	m->w[0] = a0;
	m->w[1] = a1;
	m->w[2] = a2;
	m->w[3] = a3;
	m->badge = (u16)a4;
	m->length = a5;
}

/*
 * The kernel cuts a string where the buffer is not writable memory, and a
 * page shared copy-on-write is not, until it is written.  A buffer of at most
 * a page touches two pages at most: those of its ends.
 */
static void make_writable(struct message *m)
{
	volatile char *first = m->buffer;
	if (m->buffer_size == 0)
		return;
	*first = *first;
	first[m->buffer_size - 1] = first[m->buffer_size - 1];
}

u64 message_call(unsigned target, struct message *m)
{
	make_writable(m);
	invoke(control(OP_CALL, target, m), m);
	return m->w[0];
}

void message_reply_wait(unsigned target, struct message *m)
{
	make_writable(m);
	invoke(control(OP_REPLY_WAIT, target, m), m);
}

void message_wait(struct message *m)
{
	make_writable(m);
	invoke(control(OP_WAIT, CAP_VOID, m), m);
}

void message_send(unsigned target, const struct message *m)
{
	struct message copy = *m;
	invoke(control(OP_SEND, target, m), &copy);
}

void message_answer(struct message *m, u64 result)
{
	m->w[0] = result;
	for (int i = 1; i < MSG_WORDS; i++)
		m->w[i] = 0;
	for (int i = 0; i < MSG_CAPS; i++)
		m->send[i] = CAP_VOID;
	m->text_size = 0;
}

const char *result_name(u64 result)
{
	switch (result) {
#define X(id, n, name) \
	case id:       \
		return name;
		RESULT_CODES(X)
#undef X
	}
	return "a code of the server's own";
}
