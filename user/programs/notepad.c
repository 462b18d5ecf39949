/*
 * notepad keep | open NAME BREAKS: a note that outlives everything.
 *
 * The keeper has the text, in its memory.  That is all there is to saving it:
 * the machine's memory outlives the power.  Whoever opens the note calls the
 * keeper, which then draws on the console and takes the keys, and answers
 * when it is left.  The one that calls is the shell's program in the
 * foreground: Ctrl-C ends it, and the console tells the keeper.
 *
 * The picture is drawn below what stands on the screen, and again each time
 * somebody else has written or the machine was restarted.
 */
#include <base/fmt.h>
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <invoke.h>
#include <keys.h>
#include <names.h>
#include <notepad.h>
#include <program.h>
#include <text.h>

#define CAP_NOTE 10
#define NOTE_OPEN 0x6e6f7465 /* w1 = breaks (console.h); str = its name */
#define ROWS 8               /* of text; a title above, the keys below */
#define BELL "\a"

static struct note note;
static char title[NAMES_LETTERS + 1];
static size_t top; /* the first row of the text that is shown */
static size_t row; /* the cursor's, of the picture: 1 is row `top` */

/* Text for the screen, put together and printed at once. */
static char out[2048];
static size_t out_size;

static void add(const char *format, ...) printf_like(1, 2);

static void add(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	out_size += fmt_vsnprintf(out + out_size, sizeof(out) - out_size,
				  format, args);
	va_end(args);
}

static void flush(void)
{
	print(out);
	out_size = 0;
	out[0] = 0;
}

static void add_line(size_t at)
{
	size_t size = note_line_end(&note, at) - at;
	add("\r");
	memcpy(out + out_size, note.text + at, size);
	out_size += size;
	add("\033[K");
}

static size_t column(void)
{
	return note.at - note_line_start(&note, note.at);
}

static void add_column(void)
{
	add("\r");
	if (column())
		add("\033[%luC", column());
}

/* Where the line `count` lines further down begins; false: there is none. */
static bool skip_lines(size_t *at, size_t count)
{
	while (count--) {
		*at = note_line_end(&note, *at);
		if (*at == note.size)
			return false;
		++*at;
	}
	return true;
}

static void scroll(void)
{
	size_t now = note_row(&note, note.at);
	if (now < top)
		top = now;
	if (now >= top + ROWS)
		top = now - ROWS + 1;
	row = 1 + now - top;
}

/* From the row of the title down, which the cursor is in; back to where it
   belongs. */
static void draw(void)
{
	scroll();
	add("\r\033[7m note: %s \033[0m\033[K\n", title);
	for (size_t i = 0; i < ROWS; i++) {
		size_t at = 0;
		if (skip_lines(&at, top + i))
			add_line(at);
		else
			add("\r~\033[K");
		add("\n");
	}
	add("\r\033[7m^X leave  ^K cut line  ^Y paste  ^U ^T line up, down  "
	    "arrows, Home, End, Del \033[0m\033[K");
	add("\033[%luA", ROWS + 1 - row);
	add_column();
	flush();
}

/* After a key: the line, or all where other lines moved. */
static void redraw(size_t lines_before, size_t top_before, size_t row_before)
{
	scroll();
	if (note_row(&note, note.size) == lines_before && top == top_before &&
	    row == row_before) {
		add_line(note_line_start(&note, note.at));
		add_column();
		flush();
		return;
	}
	add("\033[%luA", row_before);
	draw();
}

/* What a control character does; false: nothing. */
static bool control(u8 key)
{
	switch (key) {
	case CTRL('A'):
		note.at = note_line_start(&note, note.at);
		return true;
	case CTRL('E'):
		note.at = note_line_end(&note, note.at);
		return true;
	case CTRL('B'):
		return note.at ? (note.at--, true) : false;
	case CTRL('F'):
		return note.at < note.size ? (note.at++, true) : false;
	case CTRL('P'):
	case CTRL('N'):
		return note_go(&note, key == CTRL('N'));
	case CTRL('D'):
		return note_delete(&note);
	case CTRL('H'):
	case KEY_BACKSPACE:
		return note_backspace(&note);
	case CTRL('K'):
		return note_cut_line(&note);
	case CTRL('Y'):
		return note_paste_line(&note);
	case CTRL('U'):
	case CTRL('T'):
		return note_move_line(&note, key == CTRL('T'));
	case '\r':
	case '\n':
		return note_insert(&note, '\n');
	}
	return key >= ' ' && key < KEY_BACKSPACE &&
	       note_insert(&note, (char)key);
}

/* One byte of the keyboard. */
static void obey(struct keys *keys, u8 byte)
{
	size_t lines = note_row(&note, note.size), t = top, r = row;
	u8 key = keys_decode(keys, byte);
	if (key == 0)
		return;
	if (!control(key))
		print(BELL);
	redraw(lines, t, r);
}

/* Where other text can stand: the line below the picture. */
static void describe_leave(char leave[CONSOLE_PROMPT])
{
	fmt_snprintf(leave, CONSOLE_PROMPT, "\033[%luB\n", ROWS + 1 - row);
}

/* The note is on the screen until it is left. */
static void session(u64 breaks)
{
	char leave[CONSOLE_PROMPT];
	struct keys keys = { 0 };
	struct key_input in = { .leave = leave,
				.breaks = breaks,
				.restarts = console_restarts() };
	u64 result = CONSOLE_REDRAW;
	for (;;) {
		if (result == CONSOLE_REDRAW)
			draw();
		else if (result != RC_OK)
			return;
		else if (in.key == CTRL('X'))
			break;
		else
			obey(&keys, in.key);
		describe_leave(leave);
		result = read_key(&in);
	}
	describe_leave(leave);
	print(leave);
}

static noreturn void keep(void)
{
	struct message m = { .buffer = title,
			     .buffer_size = sizeof(title) - 1,
			     .resume = CAP_REPLY };
	message_wait(&m);
	for (;;) {
		bool open = m.w[0] == NOTE_OPEN;
		title[m.length] = 0;
		if (open)
			session(m.w[1]);
		message_answer(&m, open ? RC_OK : RC_ORDER);
		message_reply_wait(CAP_REPLY, &m);
	}
}

static int open(const char *name, u64 breaks)
{
	struct message m = { .w = { NOTE_OPEN, breaks },
			     .text = name,
			     .text_size = strlen(name) };
	u64 result = names_look_up(name, CAP_NOTE);
	if (result == RC_OK)
		result = message_call(CAP_NOTE, &m);
	if (result != RC_OK)
		printf("note: %s is no note; try another name\n", name);
	return result != RC_OK;
}

int main(int argc, char **argv)
{
	u64 breaks;
	if (argc == 2 && strcmp(argv[1], "keep") == 0)
		keep();
	if (argc == 4 && strcmp(argv[1], "open") == 0 &&
	    text_number(argv[3], &breaks))
		return open(argv[2], breaks);
	print("Type `note`: notepad is what it is made of.\n");
	return 1;
}
