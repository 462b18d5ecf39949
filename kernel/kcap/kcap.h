/*
 * The kernel's own objects: one file for each capability type.  What each
 * order takes and answers stands in abi/orders.h; how an operation is built,
 * in ipc/op.h.
 */
#pragma once

#include <abi/inspect.h>
#include <ipc/op.h>
#include <lock/commit.h>

op_function op_number, op_page, op_node, op_process, op_schedule, op_meter,
	op_range, op_irq, op_devpage, op_wait, op_conlog, op_inspector,
	op_discrim, op_checkpoint;

/*
 * Locks the one object that the invoked capability names.  NULL if it is void
 * by now.  Makes sure of an answer of up to out_most bytes.
 */
struct obj *op_lock_target(struct msg *m, bool write, size_t out_most);

/* Whether the invoked capability may write. */
bool op_may_write(const struct msg *m);
