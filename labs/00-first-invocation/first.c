/*
 * Lab 0: a first capability invocation.
 *
 * The handout is handouts/lab00.md; what the three functions owe is said in
 * user/lib/lab00.h.  Write their bodies.  take() is there to learn from, and
 * main() to try them out: type `first` at the prompt of `make run LAB=0`.
 */
#include <abi/captypes.h>
#include <abi/orders.h>
#include <caps.h>
#include <clock.h>
#include <invoke.h>
#include <lab00.h>
#include <object.h>

/*
 * An example: takes what is in a slot of the node in register `node` into the
 * register `to`.  Two words go out, order and slot; one capability comes back.
 * What a node can be asked is in abi/orders.h.  Returns the result code.
 */
static u64 take(unsigned node, unsigned slot, unsigned to)
{
	struct message m = { .w = { NODE_GET, slot }, .receive = { (u8)to } };
	return message_call(node, &m);
}

/*
 * Step 1: words to a kernel object, and words back.  call4(reg, ...) in
 * invoke.h sends four words and gives four; the order is NUMBER_READ.
 */
u64 read_number(unsigned reg, u64 *value)
{
	(void)reg, (void)value;
	yours_to_write("read_number");
}

/*
 * Step 2: the same to a process.  Which register holds the clock is in
 * caps.h, what it understands in clock.h.
 */
u64 read_clock(u64 *seconds)
{
	(void)seconds;
	yours_to_write("read_clock");
}

/*
 * Step 3: a capability in a message.  Take what is in each slot into
 * CAP_FOUND, and ask the discriminator (CAP_DISCRIM, DISCRIM_TYPE) what it is:
 * a message names the capabilities it sends in `send`.
 */
unsigned find_number(unsigned node)
{
	(void)node;
	yours_to_write("find_number");
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
