/*
 * The space bank (bank.h).
 *
 * Invariants
 *  1. owner[kind][offset] is the index of the account that bought the object
 *     at this offset of the range, or NOBODY; nothing else is in use.
 *  2. An account's `used` counts what is bought on it and on all accounts
 *     below it; it never exceeds `most`.
 *  3. Account 0 is the root of all others and is always open.
 *  4. The number of an account is its index plus BANK_ACCOUNTS times its
 *     generation, which counts on when it is closed; an index whose next
 *     number would be that of a special badge is not used again.
 */
#include <bank.h>
#include <base/string.h>
#include <caps.h>
#include <invoke.h>
#include <object.h>
#include <program.h>

enum bank_register {
	CAP_RANGE = 10, /* three of them, by enum obj_kind */
	CAP_OUT = 13,
};

#define OBJECTS 4096u /* of each kind; what a range has beyond is not used */
#define ROOT 0
#define NOBODY 0xff
#define GENERATIONS (0xffff / BANK_ACCOUNTS)

struct account {
	bool open;
	u8 above;
	u16 generation;
	u64 used[OK_COUNT], most[OK_COUNT];
};

static struct account accounts[BANK_ACCOUNTS];
static u8 owner[OK_COUNT][OBJECTS];
static u64 objects[OK_COUNT]; /* in the range */
static u64 next[OK_COUNT];    /* all below are in use */

static u16 account_number(unsigned i)
{
	return (u16)(accounts[i].generation * BANK_ACCOUNTS + i);
}

/* The index of an open account, or -1. */
static int find_account(u64 number)
{
	unsigned i = BANK_INDEX(number);
	return accounts[i].open && account_number(i) == number ? (int)i : -1;
}

/* Counts one more (or one less) on the account and all above it. */
static void count(unsigned account, enum obj_kind kind, u64 change)
{
	for (unsigned i = account;; i = accounts[i].above) {
		accounts[i].used[kind] += change;
		if (i == ROOT)
			return;
	}
}

static bool has_room(unsigned account, enum obj_kind kind)
{
	for (unsigned i = account;; i = accounts[i].above) {
		if (accounts[i].used[kind] >= accounts[i].most[kind])
			return false;
		if (i == ROOT)
			return true;
	}
}

static void destroy(enum obj_kind kind, u64 offset)
{
	range_destroy(CAP_RANGE + kind, offset);
	count(owner[kind][offset], kind, -1ul);
	owner[kind][offset] = NOBODY;
	next[kind] = MIN(next[kind], offset);
}

/* The lowest, so that few are ever used.  There is one where the root's limit,
   the whole range, leaves room. */
static u64 find_free(enum obj_kind kind)
{
	while (owner[kind][next[kind]] != NOBODY)
		next[kind]++;
	return next[kind];
}

static void buy(struct message *m, int account)
{
	u64 kind = m->w[1];
	if (kind >= OK_COUNT || account < 0) {
		message_answer(m, RC_ARGUMENT);
		return;
	}
	if (!has_room((unsigned)account, kind)) {
		message_answer(m, RC_LIMIT);
		return;
	}
	u64 offset = find_free(kind);
	message_answer(m,
		       range_make(CAP_RANGE + (unsigned)kind, offset, CAP_OUT));
	if (m->w[0] != RC_OK)
		return;
	owner[kind][offset] = (u8)account;
	count((unsigned)account, kind, 1);
	m->send[0] = CAP_OUT;
}

static u64 sell(int account)
{
	u64 offset;
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		if (range_identify(CAP_RANGE + kind, CAP_IN, &offset) != RC_OK)
			continue;
		if (offset >= objects[kind] || owner[kind][offset] != account)
			return RC_RIGHTS;
		destroy(kind, offset);
		return RC_OK;
	}
	return RC_CAPTYPE;
}

static void status(struct message *m, int account)
{
	u64 kind = m->w[1];
	if (kind >= OK_COUNT || account < 0) {
		message_answer(m, RC_ARGUMENT);
		return;
	}
	message_answer(m, RC_OK);
	m->w[1] = accounts[account].used[kind];
	m->w[2] = accounts[account].most[kind];
}

/* All that is below a closed account is closed, too: `above` is open. */
static void open_account(unsigned i, unsigned above, const u64 *most)
{
	accounts[i].open = true;
	accounts[i].above = (u8)above;
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		accounts[i].used[kind] = 0;
		accounts[i].most[kind] = most[kind];
	}
}

static void open(struct message *m, const struct bank_limits *limits)
{
	int above = find_account(m->w[1]);
	unsigned i = ROOT;
	if (above < 0 || m->length != sizeof(*limits)) {
		message_answer(m, above < 0 ? RC_ARGUMENT : RC_STRING);
		return;
	}
	while (i < BANK_ACCOUNTS &&
	       (accounts[i].open || accounts[i].generation == GENERATIONS))
		i++;
	if (i == BANK_ACCOUNTS) {
		message_answer(m, RC_LIMIT);
		return;
	}
	open_account(i, (unsigned)above, limits->most);
	message_answer(
		m, process_make_start(CAP_SELF, account_number(i), CAP_OUT));
	m->w[1] = account_number(i);
	m->send[0] = CAP_OUT;
}

static bool is_below(unsigned i, unsigned account)
{
	while (i != account && i != ROOT)
		i = accounts[i].above;
	return i == account;
}

static void close_one(unsigned i)
{
	accounts[i].open = false;
	accounts[i].generation++;
}

/* Processes go first, so that nobody sees his memory vanish. */
static void destroy_all(unsigned account)
{
	static const enum obj_kind order[] = { OK_PROCESS, OK_NODE, OK_PAGE };
	for (unsigned k = 0; k < ARRAY_SIZE(order); k++)
		for (u64 i = 0; i < objects[order[k]]; i++)
			if (owner[order[k]][i] != NOBODY &&
			    is_below(owner[order[k]][i], account))
				destroy(order[k], i);
}

static u64 empty(int account)
{
	bool below[BANK_ACCOUNTS];
	if (account <= ROOT)
		return RC_ARGUMENT;
	destroy_all((unsigned)account);
	for (unsigned i = 0; i < BANK_ACCOUNTS; i++)
		below[i] = accounts[i].open && i != (unsigned)account &&
			   is_below(i, (unsigned)account);
	for (unsigned i = 0; i < BANK_ACCOUNTS; i++)
		if (below[i])
			close_one(i);
	return RC_OK;
}

static u64 close(int account)
{
	u64 result = empty(account);
	if (result == RC_OK)
		close_one((unsigned)account);
	return result;
}

static void handle(struct message *m, const struct bank_limits *limits)
{
	bool master = m->badge == BANK_MASTER;
	bool for_any = master || m->badge == BANK_KEEPER;
	int account = find_account(for_any ? m->w[2] : m->badge);
	if (m->w[0] == BANK_BUY)
		buy(m, account);
	else if (m->w[0] == BANK_SELL)
		message_answer(m, for_any ? RC_RIGHTS : sell(account));
	else if (m->w[0] == BANK_STATUS)
		status(m, account);
	else if (m->w[0] == BANK_OPEN && master)
		open(m, limits);
	else if (m->w[0] == BANK_EMPTY && master)
		message_answer(m, empty(find_account(m->w[1])));
	else if (m->w[0] == BANK_CLOSE && master)
		message_answer(m, close(find_account(m->w[1])));
	else
		message_answer(m, RC_ORDER);
}

static void set_up(void)
{
	for (unsigned kind = 0; kind < OK_COUNT; kind++) {
		range_size(CAP_RANGE + kind, &objects[kind]);
		objects[kind] = MIN(objects[kind], OBJECTS);
		memset(owner[kind], NOBODY, OBJECTS);
	}
	open_account(ROOT, ROOT, objects);
	open_account(BANK_SHELL, ROOT, objects);
}

int main(void)
{
	struct bank_limits limits;
	struct message m = { .buffer = &limits,
			     .buffer_size = sizeof(limits),
			     .receive = { CAP_IN },
			     .resume = CAP_REPLY };
	set_up();
	message_wait(&m);
	for (;;) {
		handle(&m, &limits);
		message_reply_wait(CAP_REPLY, &m);
	}
}
