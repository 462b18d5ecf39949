/*
 * The space bank: pages, nodes and processes, on account.
 *
 * Every client has an account; the badge of its start capability is the
 * account's number.  What it buys counts against its own limit and those of
 * all the accounts above it; closing an account destroys everything bought on
 * it and on those below, at once.  A number is never used for a second
 * account: its high bits count how often its low ones were.
 */
#pragma once

#include <abi/captypes.h>
#include <abi/invoke.h>
#include <base/types.h>

enum bank_order {
	BANK_BUY = 0,  /* w1 = enum obj_kind -> c0 = a new object, all rights */
	BANK_SELL = 1, /* c0 = an object bought on this account: destroyed */
	BANK_STATUS = 2, /* w1 = enum obj_kind -> w1 = in use, w2 = limit */
	BANK_OPEN = 3,   /* BANK_MASTER; w1 = account above, str = struct
	                    bank_limits -> w1 = number, c0 = start capability */
	BANK_EMPTY = 4,  /* BANK_MASTER; w1 = account: destroys all bought on
	                    it, closes the accounts below; it stays open */
	BANK_CLOSE = 5, /* BANK_MASTER; w1 = account: likewise, and closes it */
};

/* Badges that are no accounts. */
enum bank_badge {
	BANK_MASTER = 0,      /* opens and closes; buys for any account: w2 */
	BANK_KEEPER = 0xffff, /* buys for any account, no more */
};

struct bank_limits {
	u64 most[OK_COUNT];
};

#define BANK_ACCOUNTS 64
#define BANK_INDEX(account) ((account) % BANK_ACCOUNTS)
#define BANK_SHELL 1 /* open from the start, with the whole range as limit */

/* On CAP_BANK.  `account` matters to the badges above only, else 0. */
u64 bank_buy(enum obj_kind kind, u64 account, unsigned to);
u64 bank_sell(unsigned object);
u64 bank_status(enum obj_kind kind, u64 *used, u64 *most);
u64 bank_open(u64 above, const struct bank_limits *limits, u64 *account,
	      unsigned to);
u64 bank_empty(u64 account);
u64 bank_close(u64 account);
