/*
 * Tests of the kernel, from user level: the first process of an image runs a
 * table of cases, reports them as KTAP version 1 on the console log, and ends
 * the machine with status 0 or, if a case failed, 100.
 *
 * A case that finds something wrong says so and is abandoned; what it made is
 * destroyed before the next one begins, so that all start from the same state.
 * All of it stands in headers, for every .c of this folder is a program.
 */
#pragma once

#include <base/fmt.h>
#include <base/string.h>
#include <console.h>
#include <device.h>
#include <layout.h>
#include <object.h>

/*
 * Registers, as the manifests fill them; CAP_CONSOLE (a conlog capability),
 * CAP_WAIT, CAP_DISCRIM and CAP_SELF are where they are everywhere.
 */
enum test_register {
	CAP_PAGES = 2, /* ranges: all objects that the image leaves over */
	CAP_NODES = 5,
	CAP_PROCESSES = 6,
	CAP_SCHEDULE = 7, /* of the highest priority */
	CAP_KIT = 8,      /* node of what is needed less often: enum kit */
	CAP_A = 10,       /* the cases' own */
	CAP_B = 11,
	CAP_C = 12,
	CAP_D = 13,
	CAP_E = 14,
	CAP_TMP = 15, /* used by every function of these headers */
};

enum kit {
	KIT_SPACE = 0,     /* root node of the tests' own space */
	KIT_INSPECTOR = 1,
	KIT_DEVICE = 2,    /* device page of the real-time clock */
	KIT_NO_DEVICE = 3, /* device page where the machine has nothing */
	KIT_IRQ = 4,       /* the real-time clock's line */
	KIT_SEED = 5,      /* number, for what is drawn at random */
	KIT_CHECKPOINT = 6,
	KIT_WAIT = 7,      /* 7, 8, 9: three more wait queues */
	KIT_KEEPER = 10,   /* whose fault nobody expects (watch.c) */
};

/* Fetches from the kit. */
static inline u64 kit(enum kit slot, unsigned to)
{
	return node_get(CAP_KIT, slot, to);
}

struct test_case {
	const char *name;
	void (*run)(void);
};

static struct {
	void *back[5]; /* where an abandoned case goes */
	bool failed;
	char at[64];   /* which of many: printed with a failure */
	/* the first failure of a helper process */
	const char *helper_what, *helper_file;
	int helper_line;
	unsigned made[OK_COUNT]; /* objects made of each range */
} test;

static const unsigned range_of[OK_COUNT] = {
	[OK_PAGE] = CAP_PAGES,
	[OK_NODE] = CAP_NODES,
	[OK_PROCESS] = CAP_PROCESSES,
};

static inline void test_say(const char *file, int line)
{
	printf("# look: %s:%d\n", file, line);
	if (test.at[0])
		printf("# hint: at %s\n", test.at);
	test.failed = true;
}

static noreturn __attribute__((noinline, unused)) void test_abandon(void)
{
	__builtin_longjmp(test.back, 1);
}

static inline void test_equal(u64 is, u64 wanted, const char *what,
			      const char *file, int line)
{
	if (is == wanted)
		return;
	printf("# expected: %s to be %lu (0x%lx)\n", what, wanted, wanted);
	printf("# happened: it is %lu (0x%lx)\n", is, is);
	test_say(file, line);
	test_abandon();
}

static inline void test_true(bool is, const char *what, const char *file,
			     int line)
{
	if (is)
		return;
	printf("# expected: %s\n# happened: it does not hold\n", what);
	test_say(file, line);
	test_abandon();
}

/* By the test process only: the case ends here if it does not hold. */
#define CHECK(condition) test_true(condition, #condition, __FILE__, __LINE__)
#define CHECK_EQ(is, wanted) \
	test_equal((u64)(is), (u64)(wanted), #is, __FILE__, __LINE__)
#define CHECK_OK(step) CHECK_EQ(step, RC_OK)

/* Says which of many a failure is about; AT_NONE: that is over. */
#define AT(...) fmt_snprintf(test.at, sizeof(test.at), __VA_ARGS__)
#define AT_NONE() (test.at[0] = 0)

/* By helper processes: reported when the case ends. */
#define HELPER_CHECK(condition)                                  \
	do {                                                     \
		if (!(condition) && !test.helper_what) {         \
			test.helper_line = __LINE__;             \
			test.helper_file = __FILE__;             \
			test.helper_what = #condition;           \
		}                                                \
	} while (0)

/* Objects of the case, destroyed when it ends.  Each returns its offset in
   its range. */
static inline u64 object_new(enum obj_kind kind, unsigned to)
{
	u64 offset = test.made[kind]++;
	CHECK_OK(range_make(range_of[kind], offset, to));
	return offset;
}

static inline u64 page_new(unsigned to)
{
	return object_new(OK_PAGE, to);
}

static inline u64 node_new(unsigned span, unsigned to)
{
	u64 offset = object_new(OK_NODE, to);
	CHECK_OK(node_set_span(to, span));
	return offset;
}

/* The object is gone, and its range offset can be made again. */
static inline u64 object_destroy(enum obj_kind kind, u64 offset)
{
	return range_destroy(range_of[kind], offset);
}

/* Processes first: they may use the rest. */
static inline void test_clean_up(void)
{
	for (int kind = OK_COUNT - 1; kind >= 0; kind--)
		while (test.made[kind])
			if (object_destroy(kind, --test.made[kind]) != RC_OK)
				test.failed = true;
}

static inline void test_helper_failure(void)
{
	if (!test.helper_what)
		return;
	printf("# expected: %s\n# happened: it did not hold in a helper\n",
	       test.helper_what);
	test_say(test.helper_file, test.helper_line);
	test.helper_what = NULL;
}

static __attribute__((noinline, unused)) void
test_run(const struct test_case *t)
{
	test.failed = false;
	test.at[0] = 0;
	if (__builtin_setjmp(test.back) == 0)
		t->run();
	test_clean_up();
	test_helper_failure();
}

/* Stores to the machine's test device, mapped at WINDOW. */
static inline noreturn void test_end(u32 status)
{
	for (;;)
		device_write32(WINDOW, status ? status << 16 | 0x3333 : 0x5555);
}

/* Runs all cases, `begin` before each of them unless it is NULL, and returns
   the status to end with. */
static inline u32 test_table(const struct test_case *cases, unsigned count,
			     void (*begin)(void))
{
	unsigned failures = 0;
	printf("KTAP version 1\n1..%u\n", count);
	for (unsigned i = 0; i < count; i++) {
		if (begin)
			begin();
		test_run(&cases[i]);
		failures += test.failed;
		printf("%sok %u - %s\n", test.failed ? "not " : "", i + 1,
		       cases[i].name);
	}
	return failures ? 100 : 0;
}

static inline noreturn void test_all(const struct test_case *cases,
				     unsigned count)
{
	test_end(test_table(cases, count, NULL));
}
