#include <abi/invoke.h>
#include <diag/check.h>
#include <diag/trace.h>
#include <ipc/ipc.h>
#include <ipc/op.h>
#include <ipc/send.h>
#include <lock/commit.h>
#include <mem/frame.h>

void msg_init(void)
{
	for (u32 i = 0; i < hart_count(); i++)
		harts[i].msg = frames_carve(sizeof(struct msg), "messages");
}

static bool is_well_formed(u64 control)
{
	return control >> 48 == 0 && CTL_GET_OP(control) < OP_COUNT;
}

/*
 * What is invoked once is often invoked again: that capability is prepared
 * where it stands, and is void if it cannot be.
 */
static void marshal_target(struct process *p, struct msg *m)
{
	struct cap *slot = &p->cap[CTL_GET_TARGET(m->control)];
	if (type_names_object(cap_type(slot)) && !cap_is_prepared(slot) &&
	    !cap_prepare(slot))
		m->target = MCAP_VOID;
	else
		cap_read(slot, &m->target);
}

/* What the message before had. */
static seldom void forget_caps(struct msg *m)
{
	while (m->caps)
		m->cap[--m->caps] = MCAP_VOID;
}

/* Capability register 0 is always void, and so is what was not read. */
static void marshal_sent(struct process *p, struct msg *m)
{
	m->caps = MSG_CAPS;
	for (unsigned i = 0; i < MSG_CAPS; i++)
		if (CTL_GET_SEND(m->control, i))
			cap_read(&p->cap[CTL_GET_SEND(m->control, i)],
				 &m->cap[i]);
}

/* Whoever answers it must not stall: a start capability would do. */
static void marshal_resume(struct process *p, struct msg *m)
{
	cap_read(&p->cap[CTL_GET_RESUME_OUT(m->control)], &m->resume);
	if (META_TYPE(m->resume.meta) != CT_RESUME)
		m->resume = MCAP_VOID;
}

static void marshal_caps(struct process *p, struct msg *m)
{
	if (CTL_SENDS(m->control))
		marshal_sent(p, m);
	if (CTL_GET_RESUME_OUT(m->control) && CTL_GET_OP(m->control) != OP_CALL)
		marshal_resume(p, m);
}

static seldom bool malformed(struct process *p, struct fault *f)
{
	*f = (struct fault){ FAULT_CONTROL, p->regs.pc };
	return false;
}

static bool marshal_string(struct process *p, struct msg *m, struct fault *f)
{
	m->length = p->regs.x[REG_A5];
	if (m->length > MSG_STRING_MAX)
		return malformed(p, f);
	return umem_read(&p->slot[PS_SPACE], p->regs.x[REG_A4], m->string,
			 m->length, f);
}

/* The buffer an answer will come to is made sure of while p can still fault. */
static bool check_buffer(struct process *p, struct fault *f)
{
	struct umem_window w;
	u64 size = p->regs.x[REG_T0];
	if (size > MSG_STRING_MAX)
		return malformed(p, f);
	return umem_open(&p->slot[PS_SPACE], p->regs.x[REG_A6], size, &w, f);
}

static seldom bool marshal_memory(struct process *p, struct msg *m,
				  struct fault *f)
{
	unsigned op = CTL_GET_OP(m->control);
	if (op != OP_WAIT && !marshal_string(p, m, f))
		return false;
	return op == OP_SEND || check_buffer(p, f);
}

/*
 * Copies the message out of the invoker, in any order and by locks that are
 * only tried; all of them are dropped again before the operation's.
 */
static bool marshal(struct process *p, struct msg *m, struct fault *f)
{
	const u64 *x = p->regs.x;
	m->control = x[REG_A7];
	if (unlikely(!is_well_formed(m->control)))
		return malformed(p, f);
	for (unsigned i = 0; i < MSG_WORDS; i++)
		m->word[i] = x[REG_A0 + i];
	marshal_target(p, m);
	m->length = 0;
	if (m->caps)
		forget_caps(m);
	m->resume = MCAP_VOID;
	if (CTL_GIVES(m->control))
		marshal_caps(p, m);
	if ((x[REG_A5] | x[REG_T0]) && !marshal_memory(p, m, f))
		return false;
	mrow_release_all();
	return true;
}

static void become_available(struct process *p)
{
	proc_finish_invocation(p);
	proc_become_available(p);
	resched();
}

/* The invoker gets the answer of a kernel object itself, if it can still. */
static void answer_caller(struct process *p, const struct delivery *d)
{
	if (p->state != PST_RUNNING)
		resched(); /* it has done away with itself */
	proc_finish_invocation(p);
	deliver(p, d);
}

/* A third process gets it, unless the operation changed its mind. */
static void answer_other(struct msg *m, const struct delivery *d)
{
	struct process *p = proc_current();
	if (m->answerer && proc_waits_for(m->answerer, &m->resume))
		wake_with(m->answerer, d);
	if (p->state != PST_RUNNING)
		resched();
	if (CTL_GET_OP(m->control) == OP_REPLY_WAIT)
		become_available(p);
	proc_finish_invocation(p);
	p->regs.x[REG_A0] = RC_OK;
}

static void answer(struct msg *m, enum result_code rc)
{
	static const struct mcap no_resume;
	struct delivery d = { .word = m->out_word, .cap = &m->out_cap,
			      .resume = &no_resume };
	m->out_word[0] = rc;
	if (rc == RC_OK) {
		d.caps = 1;
		if (m->answerer && m->out_length)
			d.length = umem_fill(&m->window, m->string,
					     m->out_length);
	} else {
		for (unsigned i = 1; i < MSG_WORDS; i++)
			m->out_word[i] = 0;
	}
	if (CTL_GET_OP(m->control) == OP_CALL)
		answer_caller(proc_current(), &d);
	else
		answer_other(m, &d);
}

/* Operations set only what they answer. */
static void prepare_answer(struct msg *m)
{
	for (unsigned i = 0; i < MSG_WORDS; i++)
		m->out_word[i] = 0;
	m->out_cap = MCAP_VOID;
	m->out_length = 0;
	m->answerer = NULL;
	m->window = (struct umem_window){ 0 };
}

static void invoke_object(struct msg *m, enum cap_type type)
{
	enum result_code rc = RC_VOID;
	prepare_answer(m);
	if (m->word[0] == ORDER_TYPE) {
		m->out_word[1] = type;
		rc = RC_OK;
	} else if (op_table[type]) {
		rc = op_table[type](m);
	}
	if (!hart_self()->committed) {
		op_lock_set(m, NULL, 0);
		commit_point();
	}
	answer(m, rc);
}

bool ipc_invoke(struct fault *f)
{
	struct process *p = proc_current();
	struct msg *m = hart_self()->msg;
	if (!marshal(p, m, f))
		return false;
	unsigned op = CTL_GET_OP(m->control);
	enum cap_type type = META_TYPE(m->target.meta);
	if (op == OP_WAIT) {
		commit_point();
		become_available(p);
	}
	if (type == CT_START && send_to_start(m, (enum send_mode)op))
		return true;
	if (type == CT_RESUME && send_to_resume(m, (enum send_mode)op))
		return true;
	if (type == CT_START || type == CT_RESUME)
		type = CT_VOID; /* its process was destroyed, or answered */
	invoke_object(m, type);
	return true;
}

/* The slot that holds the keeper of a fault. */
static struct cap *keeper_slot(struct process *p, enum fault_code code)
{
	if (code != FAULT_METER)
		return &p->slot[PS_KEEPER];
	struct obj *o = cap_prepare(&p->slot[PS_METER]);
	return o ? &obj_node(o)->slot[METER_KEEPER] : NULL;
}

void ipc_junk(enum fault_code code)
{
	commit_point();
	proc_junk(proc_current(), code);
	resched();
}

void ipc_fault(const struct fault *f, u64 detail)
{
	struct process *p = proc_current();
	struct msg *m = hart_self()->msg;
	struct cap *slot = keeper_slot(p, f->code);
	m->target = MCAP_VOID;
	if (slot)
		cap_read(slot, &m->target);
	mrow_release_all();
	trace(TR_FAULT, f->code, f->address);
	if (META_TYPE(m->target.meta) != CT_START ||
	    m->target.oid == proc_obj(p)->oid)
		ipc_junk(f->code);
	m->word[0] = FAULT_ORDER + f->code;
	m->word[1] = f->address;
	m->word[2] = p->regs.pc;
	m->word[3] = detail;
	forget_caps(m);
	m->cap[m->caps++] = mcap_to(proc_obj(p), CT_PROCESS, 0, 0);
	m->length = 0;
	p->fault = (u8)f->code;
	send_to_start(m, SEND_FAULT);
	ipc_junk(f->code);
}
