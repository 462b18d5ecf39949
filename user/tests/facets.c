/*
 * facets look | all: tries at the name directory what its facet allows, what
 * it does not allow, and what nobody should ask for.
 */
#include <base/fmt.h>
#include <base/string.h>
#include <caps.h>
#include <console.h>
#include <factory.h>
#include <invoke.h>
#include <names.h>
#include <object.h>
#include <program.h>

enum facets_register {
	CAP_PAGE = 10,
	CAP_SHOWN = 11, /* the same page, read-only */
	CAP_FETCHED = 12,
};

static u64 tried, right;

static void expect(const char *what, u64 wanted, u64 result)
{
	tried++;
	right += wanted == result;
	if (wanted != result)
		printf("%s: %s expected, %s came\n", what, result_name(wanted),
		       result_name(result));
}

static bool is_readonly(unsigned cap)
{
	u64 rights = 0;
	return cap_type_of(cap, &rights) == CT_PAGE && (rights & CR_READONLY);
}

static u64 get_pages(void)
{
	struct message m = { .w = { PAGE_READONLY }, .receive = { CAP_SHOWN } };
	TRY(bank_buy(OK_PAGE, 0, CAP_PAGE));
	return message_call(CAP_PAGE, &m);
}

/* With either facet. */
static void look(void)
{
	char name[NAMES_LETTERS + 1];
	enum cap_type type;
	expect("look up", RC_OK, names_look_up("clock", CAP_FETCHED));
	expect("what came", CT_START, cap_type_of(CAP_FETCHED, NULL));
	expect("no such name", NAMES_UNKNOWN,
	       names_look_up("clocks", CAP_FETCHED));
	expect("nothing came", CT_VOID, cap_type_of(CAP_FETCHED, NULL));
	expect("list", RC_OK, names_list(0, name, &type));
	expect("past the last", RC_LIMIT, names_list(NAMES_MOST, name, &type));
	expect("far past it", RC_LIMIT, names_list(~0ul, name, &type));
	expect("no order", RC_ORDER, call4(CAP_NAMES, 99, 0, 0, 0).w0);
}

static void look_only(void)
{
	expect("bind", RC_RIGHTS, names_bind("mine", CAP_PAGE));
	expect("unbind", RC_RIGHTS, names_unbind("clock"));
	expect("nothing was bound", NAMES_UNKNOWN,
	       names_look_up("mine", CAP_FETCHED));
	expect("nothing was unbound", RC_OK,
	       names_look_up("clock", CAP_FETCHED));
}

static void bad_names(void)
{
	static char longest[MSG_STRING_MAX + 1];
	memset(longest, 'x', MSG_STRING_MAX);
	expect("4096 letters", RC_STRING, names_bind(longest, CAP_PAGE));
	longest[NAMES_LETTERS + 1] = 0;
	expect("a letter too many", RC_STRING, names_bind(longest, CAP_PAGE));
	expect("look it up", RC_STRING, names_look_up(longest, CAP_FETCHED));
	longest[NAMES_LETTERS] = 0;
	expect("as long as may be", RC_OK, names_bind(longest, CAP_PAGE));
	expect("and gone", RC_OK, names_unbind(longest));
	expect("no letter", RC_STRING, names_bind("", CAP_PAGE));
	expect("a blank", RC_STRING, names_bind("a b", CAP_PAGE));
	expect("a control", RC_STRING, names_bind("a\033[2J", CAP_PAGE));
	expect("not ASCII", RC_STRING, names_bind("\303\244", CAP_PAGE));
}

static void keep_rights(void)
{
	expect("bind", RC_OK, names_bind("page", CAP_SHOWN));
	expect("a second time", NAMES_TAKEN, names_bind("page", CAP_PAGE));
	expect("fetch", RC_OK, names_look_up("page", CAP_FETCHED));
	expect("read-only still", true, is_readonly(CAP_FETCHED));
	expect("write", RC_RIGHTS, page_zero(CAP_FETCHED));
	expect("void", RC_VOID, names_bind("nothing", CAP_VOID));
}

/* A name whose object is gone is void, and may be given again. */
static void outlive(void)
{
	expect("sell", RC_OK, bank_sell(CAP_PAGE));
	expect("fetch", RC_OK, names_look_up("page", CAP_FETCHED));
	expect("void", CT_VOID, cap_type_of(CAP_FETCHED, NULL));
	expect("buy", RC_OK, bank_buy(OK_PAGE, 0, CAP_PAGE));
	expect("bind again", RC_OK, names_bind("page", CAP_PAGE));
	expect("unbind", RC_OK, names_unbind("page"));
	expect("twice", NAMES_UNKNOWN, names_unbind("page"));
}

static void fill(void)
{
	char name[NAMES_LETTERS + 1];
	u64 count = 0, result;
	do {
		fmt_snprintf(name, sizeof(name), "full%lu", count++);
		result = names_bind(name, CAP_PAGE);
	} while (result == RC_OK && count < 2 * NAMES_MOST);
	expect("full", RC_LIMIT, result);
	expect("still looks up", RC_OK, names_look_up("full0", CAP_FETCHED));
	while (--count)
		fmt_snprintf(name, sizeof(name), "full%lu", count - 1),
			expect("unbind", RC_OK, names_unbind(name));
}

int main(int argc, char **argv)
{
	if (argc != 2 || get_pages() != RC_OK)
		return 1;
	look();
	if (strcmp(argv[1], "look") == 0) {
		look_only();
	} else {
		bad_names();
		keep_rights();
		outlive();
		fill();
	}
	printf("%lu of %lu as they should be\n", right, tried);
	return right != tried;
}
