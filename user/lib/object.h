/*
 * The kernel's objects (abi/orders.h), typed.  Every argument called `page`,
 * `node`, `from`, `to` ... is a capability register; each function returns a
 * result code, and stores a value only where that is RC_OK.
 */
#pragma once

#include <abi/captypes.h>
#include <abi/orders.h>
#include <caps.h>
#include <invoke.h>

u64 page_zero(unsigned page);
u64 page_copy(unsigned page, unsigned from);
u64 page_read(unsigned page, u64 offset, void *bytes, size_t size);
u64 page_write(unsigned page, u64 offset, const void *bytes, size_t size);

u64 node_get(unsigned node, unsigned slot, unsigned to);
u64 node_set(unsigned node, unsigned slot, unsigned from);
u64 node_set_number(unsigned node, unsigned slot, u64 value);
u64 node_copy(unsigned node, unsigned from);
u64 node_span(unsigned node, u64 *bits);
u64 node_set_span(unsigned node, unsigned bits);
u64 node_meter(unsigned node, unsigned to);

/* RC_CAPTYPE unless it is a number; asks the discriminator first. */
u64 number_read(unsigned number, u64 *value);

u64 process_get_regs(unsigned process, struct proc_regs *regs);
u64 process_set_regs(unsigned process, const struct proc_regs *regs);
u64 process_set_cap(unsigned process, unsigned reg, unsigned from);
u64 process_get_slot(unsigned process, enum proc_slot slot, unsigned to);
u64 process_set_slot(unsigned process, enum proc_slot slot, unsigned from);
u64 process_make_start(unsigned process, u16 badge, unsigned to);
u64 process_stop(unsigned process, unsigned to);
u64 process_resume(unsigned process, unsigned to);
u64 process_set_name(unsigned process, const char *name);

u64 range_make(unsigned range, u64 offset, unsigned to);
u64 range_destroy(unsigned range, u64 offset);
u64 range_identify(unsigned range, unsigned object, u64 *offset);
u64 range_size(unsigned range, u64 *count);

/* The type of a capability; its rights too, where `rights` is not NULL. */
enum cap_type cap_type_of(unsigned cap, u64 *rights);

u64 irq_wait(unsigned irq, bool *restarted);
u64 time_now(void);
u64 time_wait_until(u64 ticks);

/* One record of the inspector; `w1` in: the index, out: where the order says
   so.  RC_LIMIT past the last one. */
u64 inspect(unsigned inspector, u64 order, u64 *w1, u64 w2, void *record,
	    size_t size);
