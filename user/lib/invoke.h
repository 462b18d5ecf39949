/*
 * Invocation: the kernel's one system call (abi/invoke.h) as C sees it.
 */
#pragma once

#include <abi/invoke.h>
#include <abi/types.h>
#include <base/types.h>

/*
 * A message, out and in.  An invocation sends words, `send` and `text`, and
 * replaces words, `length` and `badge` by what came; the capabilities that
 * came are in the registers `receive` names.  Register 0 sends void, and
 * throws away what is received.
 */
struct message {
	u64 w[MSG_WORDS];
	const void *text;   /* string to send */
	size_t text_size;   /* at most MSG_STRING_MAX */
	void *buffer;       /* room for the string that comes */
	size_t buffer_size; /* at most MSG_STRING_MAX */
	size_t length;      /* in: what came of it */
	u16 badge;          /* in: of the start capability invoked */
	u8 send[MSG_CAPS];
	u8 receive[MSG_CAPS];
	u8 resume;     /* waits: receives the caller's resume capability */
	u8 resume_out; /* message_send: sent in the place of one */
};

/* Sends and waits for the answer; returns its word 0, a result code. */
u64 message_call(unsigned target, struct message *m);

/* Answers `target`, then waits for the next message. */
void message_reply_wait(unsigned target, struct message *m);

/* Waits for a message. */
void message_wait(struct message *m);

/* Sends and goes on. */
void message_send(unsigned target, const struct message *m);

/* Makes m an answer: the result code, and nothing else. */
void message_answer(struct message *m, u64 result);

/* The four data words, as an answer gives them. */
struct words {
	u64 w0, w1, w2, w3;
};

/* A call of four words, no string and no capability: ecall and no detour. */
static inline struct words call4(unsigned target, u64 w0, u64 w1, u64 w2,
				 u64 w3)
{
	register u64 a0 asm("a0") = w0;
	register u64 a1 asm("a1") = w1;
	register u64 a2 asm("a2") = w2;
	register u64 a3 asm("a3") = w3;
	register u64 a5 asm("a5") = 0;
	register u64 t0 asm("t0") = 0;
	register u64 a7 asm("a7") = CTL_OP(OP_CALL) | CTL_TARGET(target);
	asm volatile("ecall"
		     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a5),
		       "+r"(t0), "+r"(a7)
		     :
		     : "ra", "a4", "a6", "t1", "t2", "t3", "t4", "t5", "t6",
		       "memory");
	return (struct words){ a0, a1, a2, a3 };
}

/*
 * Four words to `target`, then four words and a resume capability from
 * whoever comes next: the loop of a small server.  Stores the badge.
 */
static inline struct words reply_wait4(unsigned target, struct words out,
				       unsigned resume, u64 *badge)
{
	register u64 a0 asm("a0") = out.w0;
	register u64 a1 asm("a1") = out.w1;
	register u64 a2 asm("a2") = out.w2;
	register u64 a3 asm("a3") = out.w3;
	register u64 a4 asm("a4");
	register u64 a5 asm("a5") = 0;
	register u64 t0 asm("t0") = 0;
	register u64 a7 asm("a7") = CTL_OP(OP_REPLY_WAIT) | CTL_TARGET(target) |
				    CTL_RESUME_IN(resume);
	asm volatile("ecall"
		     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "=r"(a4),
		       "+r"(a5), "+r"(t0), "+r"(a7)
		     :
		     : "ra", "a6", "t1", "t2", "t3", "t4", "t5", "t6",
		       "memory");
	*badge = a4;
	return (struct words){ a0, a1, a2, a3 };
}

/* A step that must succeed: otherwise the function returns its result code. */
#define TRY(step)                      \
	do {                           \
		u64 try_rc = (step);   \
		if (try_rc != RC_OK)   \
			return try_rc; \
	} while (0)

/* The name of a result code, for messages to people. */
const char *result_name(u64 result);
