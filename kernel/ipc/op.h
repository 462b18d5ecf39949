/*
 * Kernel objects' operations: the table that binds them, and what each calls.
 *
 * An operation looks at its message, calls op_lock() with the objects it
 * needs, checks what only a lock makes stable, passes commit_point(), and
 * performs.  It returns a result code (abi/invoke.h).  One that fails does so
 * before its commit point and leaves out_* alone; one that needs no object
 * may return without op_lock() at all.
 */
#pragma once

#include <abi/invoke.h>
#include <ipc/msg.h>

typedef enum result_code op_function(struct msg *m);

/* By capability type; NULL: answers RC_VOID.  Defined in kcap/, the one table
   that is bound upward. */
extern op_function *const op_table[CT_COUNT];

/*
 * Takes all locks of an operation: `target`, if it is one on a process
 * (halted first), the process that is to get the answer, then the set; then
 * makes sure of the answerer's buffer for up to out_most bytes.
 *
 * False if the target process is void by now.  *aliased (may be NULL) tells
 * that it is the invoker itself.
 */
bool op_lock(struct msg *m, const struct mcap *target, struct process **p,
	     bool *aliased, struct opset *set, size_t out_most);

/* The same for an operation on no process. */
void op_lock_set(struct msg *m, struct opset *set, size_t out_most);

/* After the commit point: sets the answer's string. */
void op_string(struct msg *m, const void *text, size_t n);
