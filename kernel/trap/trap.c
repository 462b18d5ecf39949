/* Kernel entry from user mode, and the bodies of what it begins. */
#include <diag/check.h>
#include <diag/trace.h>
#include <hal/hart.h>
#include <hal/irq.h>
#include <ipc/ipc.h>
#include <proc/dispatch.h>
#include <trap/check_all.h>
#include <trap/defer.h>
#include <trap/txn.h>

static noreturn void enter(void (*body)(void) noreturn, u64 what)
{
	irqs_enable();
	trace(TR_ENTER, what, proc_obj(proc_current())->oid);
	check_all_if_debug();
	txn_begin(body);
}

static noreturn void invoke_body(void)
{
	struct fault f;
	if (!ipc_invoke(&f))
		ipc_fault(&f, 0);
	return_to_user();
}

void trap_invoke(void)
{
	enter(invoke_body, hart_self()->regs->x[REG_A7]);
}

static bool is_page_fault(u32 code)
{
	return code == FAULT_READ || code == FAULT_WRITE || code == FAULT_FETCH;
}

static enum access access_of(u32 code)
{
	if (code == FAULT_WRITE)
		return ACCESS_WRITE;
	return code == FAULT_FETCH ? ACCESS_FETCH : ACCESS_READ;
}

static noreturn void fault_body(void)
{
	struct hart *h = hart_self();
	struct fault f = { h->fault, h->fault_address };
	struct cap *top = &h->current->slot[PS_SPACE];
	if (is_page_fault(h->fault) &&
	    space_fault(top, VADDR(f.address), access_of(h->fault), &f))
		return_to_user();
	ipc_fault(&f, 0);
}

void trap_fault(u32 code, u64 address)
{
	struct hart *h = hart_self();
	h->fault = code;
	h->fault_address = address;
	h->fault_detail = 0;
	enter(fault_body, code);
}

/* What the keeper's message needs cannot be had. */
static noreturn void hopeless_body(void)
{
	ipc_junk((enum fault_code)hart_self()->fault);
}

static noreturn void disk_fault_body(void)
{
	struct hart *h = hart_self();
	struct fault f = { h->fault, h->fault_address };
	ipc_fault(&f, h->fault_detail);
}

void txn_fault(u32 code, u64 address, u64 detail)
{
	struct hart *h = hart_self();
	h->fault = code;
	h->fault_address = address;
	h->fault_detail = detail;
	txn_replace(h->body == disk_fault_body ? hopeless_body
					       : disk_fault_body);
}

static seldom noreturn void unsettled(enum fault_code code)
{
	struct process *p = proc_current();
	struct fault f = { code, p->regs.pc };
	ipc_fault(&f, proc_unsettled_slot(p));
}

void txn_run_loaded(void)
{
	enum fault_code code = proc_settle();
	if (unlikely(code != FAULT_NONE))
		unsettled(code);
	space_load(&proc_current()->slot[PS_SPACE]);
	return_to_user();
}
