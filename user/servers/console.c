/*
 * The console: the UART's driver and its line discipline.
 *
 * It never calls anybody but the kernel, so it never waits for a client: the
 * interrupt reaches it as a message of a relay (relay.h), and whoever must
 * wait (a reader, a writer while the output is full) is parked until an
 * interrupt brings what he waits for.
 *
 * Invariants
 *  1. The first of `readers` has the editor, and its prompt is on the screen,
 *     or is raw, and its picture is there; unless `hidden` by output that has
 *     not come to the end of its line.
 *  2. All a restart can have destroyed is the state of the device and of the
 *     screen: both are made anew, everything else goes on.
 */
#include "console/console.h"

#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <editor.h>
#include <invoke.h>
#include <object.h>
#include <program.h>
#include <relay.h>
#include <uart.h>

#define TYPED_SIZE 2048u /* a power of two, so that counters may wrap */
#define READERS 4
#define CTRL_C 3

struct reader {
	u8 resume;
	bool raw;   /* CONSOLE_READ_KEY: `prompt` leads away from its picture */
	bool edits; /* CONSOLE_EDIT: some keys are its own ... */
	bool again; /* ... and this is its answer to one */
	u64 cursor;
	char prompt[CONSOLE_PROMPT];
	char text[CONSOLE_LINE]; /* to begin with */
};

struct parking parking = PARKING(6, 15);
static struct reader readers[READERS];
static unsigned reader_count;
static u8 break_waiter;    /* register of the break relay, or 0 */
static bool break_pending; /* Ctrl-C came while it was not there */
static u64 breaks;         /* times it came */
static u64 restarts;       /* of the machine */

static struct editor editor;
static bool hidden;

static u8 typed[TYPED_SIZE]; /* keys nobody has read */
static unsigned typed_head, typed_tail;

/* Input: device -> key() -> typed -> edit() -> the first reader. */

static void begin_line(void)
{
	const struct reader *r = &readers[0];
	hidden = false;
	if (!reader_count || r->raw)
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

/* The first reader, who has a picture on the screen. */
static void answer_raw(u64 result, u8 byte)
{
	struct message m = { .w = { result, breaks, restarts, byte } };
	message_send(readers[0].resume, &m);
	remove_reader(0);
	begin_line();
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

/* Shows again what output has hidden. */
static void unhide(void)
{
	if (!out_at_line_start)
		show_text("\n");
	hidden = false;
	if (readers[0].raw)
		answer_raw(CONSOLE_REDRAW, 0);
	else
		editor_redraw(&editor);
}

/* While the output has no room for an echo keys stay where they are: the
   transmit interrupt leads here again. */
static void edit(void)
{
	while (reader_count && typed_tail != typed_head &&
	       OUT_SIZE - (out_head - out_tail) >= EDITOR_ECHO) {
		if (hidden)
			unhide();
		else if (readers[0].raw)
			answer_raw(RC_OK, typed[typed_tail++ % TYPED_SIZE]);
		else
			obey(editor_key(&editor,
					typed[typed_tail++ % TYPED_SIZE]));
	}
}

/* The way from a line, or a picture, to where other text can stand. */
static void leave_line(void)
{
	if (reader_count && !hidden)
		show_text(readers[0].raw ? readers[0].prompt : "\r\033[K");
}

/* What was under way is given up: output, line and typed-ahead keys. */
static void break_key(void)
{
	out_tail = out_head;
	typed_tail = typed_head;
	if (reader_count && readers[0].raw)
		leave_line();
	show_text("^C\n");
	if (reader_count && readers[0].raw)
		answer_raw(CONSOLE_BROKEN, 0);
	else if (reader_count)
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
	transmit_reset();
}

/* The machine was restarted: whatever the screen shows, start a new line. */
static void restart(void)
{
	set_up();
	restarts++;
	show_text("\n");
	if (reader_count)
		unhide();
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
		park_writer();
		return false;
	}
	leave_line();
	show(text, m->length);
	hidden = reader_count && !out_at_line_start;
	if (reader_count && !hidden)
		unhide();
	message_answer(m, RC_OK);
	return true;
}

/* Answered by transmit(), perhaps at once. */
static bool flush(struct message *m)
{
	message_answer(m, RC_LIMIT);
	if (parking_is_full(&parking))
		return true;
	park_flusher();
	return false;
}

/* A reader that was destroyed must not get what is typed for the next. */
static void forget_dead_readers(void)
{
	for (unsigned i = reader_count; i-- > 0;)
		if (cap_type_of(readers[i].resume, NULL) != CT_RESUME)
			remove_reader(i);
}

/* What was typed, or happened to the screen, since it last asked. */
static bool is_late(const struct reader *r, struct message *m)
{
	u64 result = RC_OK;
	if ((r->again || r->raw) && m->w[2] != 1 + breaks)
		result = CONSOLE_BROKEN;
	else if (r->raw && m->w[1] != restarts)
		result = CONSOLE_REDRAW;
	if (result == RC_OK)
		return false;
	message_answer(m, result);
	m->w[1] = breaks;
	m->w[2] = r->raw ? restarts : 0;
	return true;
}

/* `text` is ended by a zero byte behind the m->length bytes that came. */
static void describe_reader(struct reader *r, const struct message *m,
			    const char *text)
{
	size_t prompt_size = strlen(text) + 1;
	r->raw = m->w[0] == CONSOLE_READ_KEY;
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
	if (is_late(r, m))
		return true;
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
	if (m->w[0] == CONSOLE_READ_LINE || m->w[0] == CONSOLE_EDIT ||
	    m->w[0] == CONSOLE_READ_KEY)
		return read_request(m, text);
	message_answer(m, m->w[0] == CONSOLE_RESTARTS ? RC_OK : RC_ORDER);
	m->w[1] = m->w[0] == RC_OK ? restarts : 0;
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
