/*
 * Lab 0: a first capability invocation (user/lib/lab00.h), wrong.
 */
#include <abi/captypes.h>
#include <abi/orders.h>
#include <caps.h>
#include <clock.h>
#include <invoke.h>
#include <lab00.h>
#include <object.h>

/*
 * Takes what is in a slot of the node in register `node` into the
 * register `to`.  Returns the result code.
 */
static u64 take(unsigned node, unsigned slot, unsigned to)
{
	struct message m = { .w = { NODE_GET, slot }, .receive = { (u8)to } };
	return message_call(node, &m);
}

/* Words to a kernel object, and words back. */
u64 read_number(unsigned reg, u64 *value)
{
	(void)reg;
	*value = 1976;
	return RC_OK;
}

/* The same to a process. */
u64 read_clock(u64 *seconds)
{
	struct words answer = call4(CAP_CLOCK, CLOCK_NOW, 0, 0, 0);
	if (answer.w0 == RC_OK)
		*seconds = answer.w2;
	return answer.w0;
}

/* A capability in a message.  The discriminator is asked, and not what it is
   about: a process may answer ORDER_TYPE, and anything else, as it likes. */
unsigned find_number(unsigned node)
{
	for (unsigned slot = 0; slot < NODE_SLOTS; slot++) {
		take(node, slot, CAP_FOUND);
		struct message m = { .w = { DISCRIM_TYPE },
				     .send = { CAP_FOUND } };
		if (message_call(CAP_DISCRIM, &m) == RC_OK &&
		    m.w[1] == CT_NUMBER)
			return slot;
	}
	return NODE_SLOTS;
}

static struct answers answers = { .number = UNKNOWN,
				  .seconds = UNKNOWN,
				  .slot = UNKNOWN };

static void write_down(void)
{
	u64 result = page_write(CAP_ANSWERS, 0, &answers, sizeof(answers));
	if (result != RC_OK)
		printf("first: nowhere to write: %s\n", result_name(result));
}

int main(void)
{
	take(CAP_GRANT, GRANT_NUMBER, CAP_NUMBER);
	take(CAP_GRANT, GRANT_PARCEL, CAP_PARCEL);
	take(CAP_GRANT, GRANT_ANSWERS, CAP_ANSWERS);

	answers.number_result = read_number(CAP_NUMBER, &answers.number);
	write_down();
	printf("number   %lu, %s\n", answers.number,
	       result_name(answers.number_result));

	answers.clock_result = read_clock(&answers.seconds);
	write_down();
	printf("clock    %lu seconds since 1970, %s\n", answers.seconds,
	       result_name(answers.clock_result));

	answers.slot = find_number(CAP_PARCEL);
	write_down();
	printf("parcel   first number in slot %lu; %u would be none\n",
	       answers.slot, NODE_SLOTS);
	return 0;
}
