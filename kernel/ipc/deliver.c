#include <abi/invoke.h>
#include <diag/check.h>
#include <ipc/deliver.h>

static void put_cap(struct process *p, unsigned reg, const struct mcap *c)
{
	if (reg != 0)
		cap_write(&p->cap[reg], c);
}

static seldom void put_caps(struct process *p, u64 control,
			    const struct delivery *d)
{
	for (unsigned i = 0; i < MSG_CAPS; i++)
		put_cap(p, CTL_GET_RECV(control, i),
			i < d->caps ? &d->cap[i] : &MCAP_VOID);
}

void deliver(struct process *p, const struct delivery *d)
{
	u64 *x = p->regs.x;
	u64 control = x[REG_A7];
	kassert(mrow_is_write_held(&proc_obj(p)->lock));
	for (unsigned i = 0; i < MSG_WORDS; i++)
		x[REG_A0 + i] = d->word[i];
	x[REG_A4] = d->badge;
	x[REG_A5] = d->length;
	if (CTL_RECVS(control))
		put_caps(p, control, d);
	if (CTL_GET_RESUME_IN(control))
		cap_write(&p->cap[CTL_GET_RESUME_IN(control)], d->resume);
}

void deliver_open(struct process *p, size_t n, struct umem_window *w)
{
	struct fault ignored;
	u64 size = p->regs.x[REG_T0];
	*w = (struct umem_window){ 0 };
	n = MIN(n, MIN(size, MSG_STRING_MAX));
	if (n)
		umem_open(&p->slot[PS_SPACE], p->regs.x[REG_A6], n, w, &ignored);
}
