/*
 * The console: the UART's driver and its line discipline.
 *
 * It never calls anybody but the kernel, so it never waits for a client: the
 * interrupt reaches it as a message of a relay (relay.h), and whoever must
 * wait (a reader, a writer while the output is full) is parked until an
 * interrupt brings what he waits for.
 *
 * Invariants
 *  1. The first of `readers` has the editor; its prompt is on the screen,
 *     unless `hidden` by output that has not come to the end of its line.
 *  2. A writer is parked only while the output holds more than OUT_LOW bytes,
 *     and a flusher while it holds any, so the transmit interrupt is on, and
 *     comes; by then the writer's text fits.
 *  3. All a restart can have destroyed is the state of the device and of the
 *     screen: both are made anew, everything else goes on.
 */
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <editor.h>
#include <invoke.h>
#include <object.h>
#include <parking.h>
#include <program.h>
#include <relay.h>
#include <uart.h>

#define OUT_SIZE 8192u /* powers of two, so that counters may wrap */
#define TYPED_SIZE 2048u
#define OUT_SPARE 2048u /* kept free of clients' text, for echo and prompts */
#define OUT_LOW (OUT_SIZE - OUT_SPARE - MSG_STRING_MAX) /* any text fits */
#define READERS 4
#define CTRL_C 3

struct reader {
	u8 resume;
	bool edits; /* CONSOLE_EDIT: some keys are its own ... */
	bool again; /* ... and this is its answer to one */
	u64 cursor;
	char prompt[CONSOLE_PROMPT];
	char text[CONSOLE_LINE]; /* to begin with */
};

static struct parking parking = PARKING(6, 15);
static struct reader readers[READERS];
static unsigned reader_count;
static u16 writers;        /* bit per register of a parked writer ... */
static u16 flushers;       /* ... and of who waits for his output's end */
static u8 break_waiter;    /* register of the break relay, or 0 */
static bool break_pending; /* Ctrl-C came while it was not there */
static u64 breaks;         /* times it came */

static struct editor editor;
static bool hidden;

static u8 out[OUT_SIZE];
static unsigned out_head, out_tail;
static unsigned flush_at[CAP_REGS];   /* what out_tail must reach */
static bool out_at_line_start = true; /* what was put last ends a line */
static bool out_return_sent;          /* of the line end at out_tail */
static bool transmit_enabled;

static u8 typed[TYPED_SIZE]; /* keys nobody has read */
static unsigned typed_head, typed_tail;

/* Output: show() -> out -> transmit() -> device. */

static void show(const char *text, size_t size)
{
	for (; size && out_head - out_tail < OUT_SIZE; size--, text++) {
		out[out_head++ % OUT_SIZE] = (u8)*text;
		out_at_line_start = *text == '\n';
	}
}

static void show_text(const char *text)
{
	show(text, strlen(text));
}

/* The next byte for the terminal, which wants a return with each line end. */
static u8 next_byte(void)
{
	u8 byte = out[out_tail % OUT_SIZE];
	if (byte == '\n' && !out_return_sent) {
		out_return_sent = true;
		return '\r';
	}
	out_return_sent = false;
	out_tail++;
	return byte;
}

static void answer_parked(u16 *parked, u8 reg, u64 result)
{
	struct message m = { .w = { result } };
	*parked &= (u16) ~(1u << reg);
	parking_release(&parking, reg);
	message_send(reg, &m);
}

static void answer_writers(void)
{
	for (u8 reg = 0; writers; reg++)
		if (writers & 1u << reg)
			answer_parked(&writers, reg, RC_LIMIT);
}

static void answer_flushers(void)
{
	for (u8 reg = 0; flushers >> reg; reg++)
		if (flushers & 1u << reg &&
		    (int)(out_tail - flush_at[reg]) >= 0)
			answer_parked(&flushers, reg, RC_OK);
}

/* Fills the device's queue if it is empty; the interrupt brings the rest. */
static void transmit(void)
{
	if (uart_can_transmit())
		for (int i = 0; i < UART_FIFO && out_tail != out_head; i++)
			uart_transmit(next_byte());
	if (transmit_enabled != (out_tail != out_head)) {
		transmit_enabled = !transmit_enabled;
		uart_enable(transmit_enabled);
	}
	if (out_head - out_tail <= OUT_LOW)
		answer_writers();
	answer_flushers();
}

/* Input: device -> key() -> typed -> edit() -> the first reader. */

static void begin_line(void)
{
	const struct reader *r = &readers[0];
	hidden = false;
	if (!reader_count)
		return;
	if (r->again && !out_at_line_start)
		show_text("\r\033[K");
	editor_begin(&editor, r->prompt, r->text, r->cursor);
}

static void remove_reader(unsigned i)
{
	parking_release(&parking, readers[i].resume);
	reader_count--;
	for (; i < reader_count; i++)
		readers[i] = readers[i + 1];
}

static void answer_reader(u64 result)
{
	struct message m = { .w = { result, breaks },
			     .text = editor.line,
			     .text_size = result == RC_OK ? editor.length : 0 };
	message_send(readers[0].resume, &m);
	remove_reader(0);
	begin_line();
}

static void answer_key(enum console_key key)
{
	struct message m = { .w = { CONSOLE_KEY, breaks, editor.cursor, key },
			     .text = editor.line,
			     .text_size = editor.length };
	if (!readers[0].edits)
		return;
	message_send(readers[0].resume, &m);
	remove_reader(0);
	begin_line();
}

static void obey(enum editor_event event)
{
	switch (event) {
	case EDITOR_MORE:
		break;
	case EDITOR_LINE:
		answer_reader(RC_OK);
		break;
	case EDITOR_END:
		answer_reader(CONSOLE_END);
		break;
	default:
		answer_key((enum console_key)(event - EDITOR_COMPLETE));
	}
}

/* While the output has no room for an echo keys stay where they are: the
   transmit interrupt leads here again. */
static void edit(void)
{
	while (reader_count && typed_tail != typed_head &&
	       OUT_SIZE - (out_head - out_tail) >= EDITOR_ECHO) {
		if (hidden) {
			show_text("\n");
			editor_redraw(&editor);
			hidden = false;
		}
		obey(editor_key(&editor, typed[typed_tail++ % TYPED_SIZE]));
	}
}

/* What was under way is given up: output, line and typed-ahead keys. */
static void break_key(void)
{
	out_tail = out_head;
	typed_tail = typed_head;
	show_text("^C\n");
	if (reader_count)
		answer_reader(CONSOLE_BROKEN);
	break_pending = true;
	breaks++;
}

static void key(u8 byte)
{
	if (byte == CTRL_C)
		break_key();
	else if (typed_head - typed_tail < TYPED_SIZE)
		typed[typed_head++ % TYPED_SIZE] = byte;
	else
		show_text("\a"); /* lost, and not without a sound */
}

/* At most one full queue at a time: clients want to be heard, too. */
static void receive(void)
{
	for (int i = 0; i < UART_FIFO; i++) {
		int byte = uart_receive();
		if (byte < 0)
			return;
		key((u8)byte);
	}
}

static void tell_break(void)
{
	struct message m = { .w = { RC_OK, breaks } };
	if (!break_pending || !break_waiter)
		return;
	message_send(break_waiter, &m);
	parking_release(&parking, break_waiter);
	break_waiter = 0;
	break_pending = false;
}

static void set_up(void)
{
	uart_setup(key);
	uart_enable(false);
	transmit_enabled = false;
}

/* The machine was restarted: whatever the screen shows, start a new line. */
static void restart(void)
{
	set_up();
	show_text("\n");
	hidden = false;
	if (reader_count)
		editor_redraw(&editor);
}

/* Messages.  Each function tells whether m is the answer, to be sent now;
   otherwise the caller is parked. */

static bool device_event(struct message *m)
{
	if (m->w[2] == 1) /* IRQ_WAIT: the machine restarted */
		restart();
	receive();
	message_answer(m, RC_OK);
	return true;
}

static bool park_break_relay(void)
{
	if (break_waiter)
		parking_release(&parking, break_waiter);
	break_waiter = parking_keep(&parking);
	return false;
}

static bool write_text(struct message *m, const char *text)
{
	if (out_head - out_tail + m->length > OUT_SIZE - OUT_SPARE) {
		message_answer(m, RC_LIMIT);
		if (parking_is_full(&parking))
			return true;
		writers |= (u16)(1u << parking_keep(&parking));
		return false;
	}
	if (reader_count && !hidden)
		show_text("\r\033[K");
	show(text, m->length);
	hidden = reader_count && !out_at_line_start;
	if (reader_count && !hidden)
		editor_redraw(&editor);
	message_answer(m, RC_OK);
	return true;
}

/* Answered by transmit(), perhaps at once. */
static bool flush(struct message *m)
{
	message_answer(m, RC_LIMIT);
	if (parking_is_full(&parking))
		return true;
	u8 reg = parking_keep(&parking);
	flushers |= (u16)(1u << reg);
	flush_at[reg] = out_head;
	return false;
}

/* A reader that was destroyed must not get what is typed for the next. */
static void forget_dead_readers(void)
{
	for (unsigned i = reader_count; i-- > 0;)
		if (cap_type_of(readers[i].resume, NULL) != CT_RESUME)
			remove_reader(i);
}

/* `text` is ended by a zero byte behind the m->length bytes that came. */
static void describe_reader(struct reader *r, const struct message *m,
			    const char *text)
{
	size_t prompt_size = strlen(text) + 1;
	r->edits = m->w[0] == CONSOLE_EDIT;
	r->again = r->edits && m->w[2];
	r->cursor = r->edits ? m->w[1] : 0;
	string_copy(r->prompt, text, sizeof(r->prompt));
	r->text[0] = 0;
	if (r->edits && prompt_size < m->length)
		string_copy(r->text, text + prompt_size, sizeof(r->text));
}

static bool read_request(struct message *m, const char *text)
{
	forget_dead_readers();
	if (reader_count == READERS || parking_is_full(&parking)) {
		message_answer(m, RC_LIMIT);
		return true;
	}
	struct reader *r = &readers[reader_count];
	describe_reader(r, m, text);
	if (r->again && m->w[2] != 1 + breaks) {
		message_answer(m, CONSOLE_BROKEN); /* typed since the key */
		m->w[1] = breaks;
		return true;
	}
	r->resume = parking_keep(&parking);
	if (++reader_count == 1)
		begin_line();
	return false;
}

static bool handle(struct message *m, const char *text)
{
	if (m->badge == CONSOLE_DEVICE)
		return device_event(m);
	if (m->badge == CONSOLE_BREAK)
		return park_break_relay();
	if (m->w[0] == CONSOLE_WRITE)
		return write_text(m, text);
	if (m->w[0] == CONSOLE_FLUSH)
		return flush(m);
	if (m->w[0] == CONSOLE_READ_LINE || m->w[0] == CONSOLE_EDIT)
		return read_request(m, text);
	message_answer(m, RC_ORDER);
	return true;
}

int main(void)
{
	static char text[MSG_STRING_MAX + 1];
	struct message m = { .buffer = text, .buffer_size = MSG_STRING_MAX };
	bool answer = false;
	editor.show = show;
	set_up();
	for (;;) {
		u8 caller = m.resume;
		m.resume = parking_next(&parking);
		if (answer)
			message_reply_wait(caller, &m);
		else
			message_wait(&m);
		text[m.length] = 0;
		answer = handle(&m, text);
		edit();
		tell_break();
		transmit();
	}
}
