/*
 * Invocation, as a user program sees it.
 *
 * One machine instruction (ecall) enters the kernel.  Register a7 holds the
 * control word, which says what to do and which capability registers take
 * part; a0 to a3 are the four data words, in and out.
 *
 *      in                                  out
 *      a0..a3  words                       a0..a3  words
 *      a4      address of string to send   a4      badge of the start
 *      a5      its length, 0 to 4096               capability that was invoked
 *      a6      address of string buffer    a5      length delivered
 *      t0      its length, 0 to 4096
 *      a7      control word
 *
 * All other caller-saved registers (ra and t0 to t6 among them) come back
 * with undefined values, as after a C call; callee-saved ones are kept.
 *
 * Capability register 0 always holds the void capability: sending it sends
 * void, receiving into it throws the capability away.
 *
 * The control word, from the low bit:
 *
 *      0..3    operation (enum invoke_op)
 *      4..7    the capability register invoked (CALL, REPLY_WAIT, SEND)
 *      8..23   four nibbles: registers whose capabilities are sent
 *      24..39  four nibbles: registers that receive them
 *      40..43  register that receives the resume capability of a CALL
 *      44..47  SEND and REPLY_WAIT: register whose capability is sent in the
 *              place of the resume capability.  A kernel object answers to
 *              it; a server gets it as if its holder had called.  Any but
 *              a resume capability is sent as void: an answer never stalls.
 *
 * CALL        sends, waits for the one answer.
 * REPLY_WAIT  sends (to a resume capability, as a rule), becomes available.
 * SEND        sends and goes on; the registers are left alone but for a0,
 *             which is RC_OK.
 * WAIT        becomes available.
 *
 * Nothing is partly done: an invocation that cannot be finished yet stalls
 * the process, and is executed again from the start.  A sent string that
 * cannot be read, or a buffer that cannot be written, is a fault of the
 * invoker at that address, before anything happens; a string or a buffer
 * longer than MSG_STRING_MAX, or a control word that means nothing, is
 * FAULT_CONTROL.  Should the buffer's memory be gone when the string comes,
 * the string is cut there; a5 tells.
 */
#pragma once

enum invoke_op {
	OP_CALL = 0,
	OP_REPLY_WAIT = 1,
	OP_SEND = 2,
	OP_WAIT = 3,
	OP_COUNT
};

#define MSG_WORDS 4
#define MSG_CAPS 4
#define MSG_STRING_MAX 4096ul

#define CTL_OP(op) ((u64)(op))
#define CTL_TARGET(r) ((u64)(r) << 4)
#define CTL_SEND(i, r) ((u64)(r) << (8 + 4 * (i)))
#define CTL_RECV(i, r) ((u64)(r) << (24 + 4 * (i)))
#define CTL_RESUME_IN(r) ((u64)(r) << 40)
#define CTL_RESUME_OUT(r) ((u64)(r) << 44)

#define CTL_GET(ctl, shift) ((unsigned)((ctl) >> (shift)) & 15u)
/* All nibbles of capabilities sent, and of those received. */
#define CTL_SENDS(ctl) ((ctl) & 0xffff00ul)
/* The same, and what is sent in the place of a resume capability. */
#define CTL_GIVES(ctl) ((ctl) & 0xf00000ffff00ul)
#define CTL_RECVS(ctl) ((ctl) & 0xffff000000ul)

#define CTL_GET_OP(ctl) CTL_GET(ctl, 0)
#define CTL_GET_TARGET(ctl) CTL_GET(ctl, 4)
#define CTL_GET_SEND(ctl, i) CTL_GET(ctl, 8 + 4 * (i))
#define CTL_GET_RECV(ctl, i) CTL_GET(ctl, 24 + 4 * (i))
#define CTL_GET_RESUME_IN(ctl) CTL_GET(ctl, 40)
#define CTL_GET_RESUME_OUT(ctl) CTL_GET(ctl, 44)

/*
 * Result codes of kernel objects, in a0.  Servers are asked to use them too
 * and to put codes of their own at RC_SERVER and above.
 */
#define RESULT_CODES(X)                                                      \
	X(RC_OK, 0, "ok")                                                    \
	X(RC_VOID, 1, "void capability")     /* or its object was destroyed */ \
	X(RC_ORDER, 2, "no such order")                                      \
	X(RC_RIGHTS, 3, "rights missing")                                    \
	X(RC_ARGUMENT, 4, "bad argument word")                               \
	X(RC_CAPTYPE, 5, "wrong capability type")                            \
	X(RC_STRING, 6, "bad string length")                                 \
	X(RC_ALIASED, 7, "one object in two roles")                          \
	X(RC_STATE, 8, "process in the wrong state")                         \
	X(RC_LIMIT, 9, "limit reached")                                     \
	X(RC_SERVER, 64, "first code of a server's own")

enum result_code {
#define X(id, n, name) id = n,
	RESULT_CODES(X)
#undef X
};
