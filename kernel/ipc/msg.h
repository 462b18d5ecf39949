/*
 * A message in the kernel: what an invocation marshals, without knowing what
 * it means or whom it goes to (source: KeyKOS, "Kernel Action", the general
 * code).  One area for each hart.
 */
#pragma once

#include <abi/invoke.h>
#include <cap/opset.h>
#include <proc/process.h>
#include <space/umem.h>

struct msg {
	/* marshalled from the invoker */
	u64 control;              /* abi/invoke.h */
	u64 word[MSG_WORDS];
	struct mcap target;       /* what is invoked */
	struct mcap cap[MSG_CAPS];
	unsigned caps;            /* of them that were sent, from the first; the
	                             others are void */
	struct mcap resume;       /* made by a CALL, or sent in its place */
	size_t length;            /* of the string */
	char string[MSG_STRING_MAX];

	/* a kernel object's answer */
	u64 out_word[MSG_WORDS];  /* [0] is the result code */
	struct mcap out_cap;
	size_t out_length;        /* of the answer, in string */

	/* who gets the answer, write-locked by op_lock(), or NULL */
	struct process *answerer;
	struct umem_window window;
};

/* Boot: gives every hart its area. */
void msg_init(void);
