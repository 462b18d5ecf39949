/*
 * Spaces: trees of nodes of every span, holes and malformed trees, rights on
 * the way, pages as whole spaces, devices.
 */
#include "probe.h"

/* Of the prober, in these cases. */
#define CAP_KEEP CAP_A
#define CAP_PROBE CAP_B
#define CAP_PROBER CAP_C

#define MARK 0x5ca1ab1e00000000ul

static struct probe_answer at(void *function, u64 address, u64 value)
{
	AT("address 0x%lx", address);
	return probe(CAP_PROBE, function, address, value);
}

/* Reads, writes and reads: the memory is there. */
static void is_memory(u64 address)
{
	struct probe_answer a = at(probe_load64, address, 0);
	CHECK_EQ(a.fault, FAULT_NONE);
	CHECK_EQ(at(probe_store64, address, a.value + 3).fault, FAULT_NONE);
	CHECK_EQ(at(probe_load64, address, 0).value, a.value + 3);
	CHECK_EQ(at(probe_store64, address, a.value).fault, FAULT_NONE);
	AT_NONE();
}

/* Every access faults, with the code and the address. */
static void faults_with(u64 address, u64 read, u64 write, u64 fetch)
{
	struct probe_answer a = at(probe_load8, address, 0);
	CHECK_EQ(a.fault, read);
	CHECK_EQ(a.address, address);
	CHECK_EQ(a.pc, (u64)probe_load8);
	a = at(probe_store8, address, 0);
	CHECK_EQ(a.fault, write);
	CHECK_EQ(a.address, address);
	CHECK_EQ(a.pc, (u64)probe_store8);
	address &= ~1ul;
	a = at(probe_jump, address, 0);
	CHECK_EQ(a.fault, fetch);
	CHECK_EQ(a.address, address);
	CHECK_EQ(a.pc, address);
	AT_NONE();
}

static void is_hole(u64 address)
{
	faults_with(address, FAULT_READ, FAULT_WRITE, FAULT_FETCH);
}

static void is_malformed(u64 address)
{
	faults_with(address, FAULT_TREE, FAULT_TREE, FAULT_TREE);
}

/* A copy of the root of the tests' own space, span 16. */
static void program_root(unsigned to)
{
	node_new(ROOT_SPAN, to);
	CHECK_OK(kit(KIT_SPACE, CAP_TMP));
	CHECK_OK(node_copy(to, CAP_TMP));
}

/*
 * A prober whose root, in D, has the span; the program is at 0, where it is
 * linked.
 */
static void prober_in(unsigned span)
{
	probe_new(CAP_KEEP, CAP_PROBE, CAP_PROBER);
	program_root(CAP_D);
	for (unsigned s = ROOT_SPAN + NODE_BITS; s <= span; s += NODE_BITS) {
		node_new(s, CAP_E);
		CHECK_OK(node_set(CAP_E, 0, CAP_D));
		CHECK_OK(process_set_cap(CAP_SELF, CAP_D, CAP_E));
	}
	CHECK_OK(process_set_slot(CAP_PROBER, PS_SPACE, CAP_D));
}

/*
 * A page, marked, at the address in the tree of the node in `top`; makes what
 * nodes are missing on the way.
 */
static void map(unsigned top, unsigned span, u64 address)
{
	CHECK_OK(process_set_cap(CAP_SELF, CAP_E, top));
	for (; span > LEAF_SPAN; span -= NODE_BITS) {
		u64 slot = address >> span & (NODE_SLOTS - 1);
		CHECK_OK(node_get(CAP_E, slot, CAP_TMP));
		if (cap_type_of(CAP_TMP, NULL) == CT_VOID) {
			node_new(span - NODE_BITS, CAP_TMP);
			CHECK_OK(node_set(CAP_E, slot, CAP_TMP));
		}
		CHECK_OK(process_set_cap(CAP_SELF, CAP_E, CAP_TMP));
	}
	page_new(CAP_TMP);
	page_set_word(CAP_TMP, 0, MARK | address);
	CHECK_OK(node_set(CAP_E, LEAF_SLOT(address), CAP_TMP));
}

static void every_span(void)
{
	for (unsigned span = ROOT_SPAN; span <= SPAN_MAX; span += NODE_BITS) {
		u64 end = 1ul << (span + NODE_BITS);
		/* Nothing of the program is there, in the smallest one. */
		u64 some[] = { end / 2 + 0x17000, end / 2 + end / 8 + 0x2000,
			       end - 0x51000 };
		prober_in(span);
		for (unsigned i = 0; i < ARRAY_SIZE(some); i++) {
			u64 to = some[i];
			map(CAP_D, span, to);
			CHECK_EQ(at(probe_load64, to, 0).value, MARK | to);
			is_memory(to);
			is_memory(to + PAGE_SIZE - 8);
			is_hole(to - 1);
		}
		if (end < SPACE_SIZE)
			is_hole(end);
		test_clean_up();
	}
}

static void outside_every_space(void)
{
	static const u64 some[] = { SPACE_SIZE, SPACE_SIZE + 0x10000,
				    1ul << 38, (1ul << 39) - 2, 1ul << 39,
				    1ul << 63, 0xffffffc000000000,
				    0xffffffc080200000, ~1ul };
	prober_in(SPAN_MAX);
	for (unsigned i = 0; i < ARRAY_SIZE(some); i++)
		is_hole(some[i]);
	is_hole(SPACE_SIZE - 2);
	is_hole(0);
}

/* A node may skip spans downward, but not be bigger than its slot. */
static void children_of_every_span(void)
{
	prober_in(24);
	for (unsigned child = LEAF_SPAN; child <= SPAN_MAX; child += 4) {
		u64 base = 3ul << 24;
		node_new(child, CAP_E);
		CHECK_OK(node_set(CAP_D, 3, CAP_E));
		if (child >= 24) {
			is_malformed(base);
			is_malformed(base + 0xabc000);
			continue;
		}
		map(CAP_E, child, 15ul << child);
		is_memory(base + (15ul << child));
		is_hole(base + (14ul << child));
		if (child < 20)
			is_hole(base + (16ul << child));
	}
}

/* What is neither page nor node, and a page where a node should be. */
static void malformed_slots(void)
{
	static const u8 wrong[] = { CAP_SCHEDULE, CAP_SELF, CAP_PAGES,
				    CAP_DISCRIM };
	prober_in(20);
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		CHECK_OK(node_set(CAP_D, 5, wrong[i]));
		is_malformed(5ul << 20);
	}
	CHECK_OK(node_set_number(CAP_D, 5, 0x80200000));
	is_malformed(5ul << 20);
	page_new(CAP_E);
	CHECK_OK(node_set(CAP_D, 5, CAP_E));
	is_malformed(5ul << 20);
	is_malformed((5ul << 20) + PAGE_SIZE);
	CHECK_OK(node_set(CAP_D, 5, CAP_D));
	is_malformed(5ul << 20);
	CHECK_OK(node_meter(CAP_D, CAP_E));
	CHECK_OK(node_set(CAP_D, 5, CAP_E));
	is_malformed(5ul << 20);
	CHECK_OK(node_set(CAP_D, 5, 0));
	is_hole(5ul << 20);
}

/* Rights that are missing anywhere on the way are missing at the end. */
static void readonly_on_the_way(void)
{
	struct message m = { .receive = { CAP_E } };
	u64 address = 6ul << 20;
	prober_in(20);
	map(CAP_D, 20, address);
	is_memory(address);
	for (u64 order = NODE_READONLY; order <= NODE_WEAK; order++) {
		m.w[0] = order;
		CHECK_OK(node_get(CAP_D, 6, CAP_TMP));
		CHECK_OK(message_call(CAP_TMP, &m));
		CHECK_OK(node_set(CAP_D, 6, CAP_E));
		CHECK_EQ(at(probe_load64, address, 0).value, MARK | address);
		CHECK_EQ(at(probe_store64, address, 0).fault, FAULT_READONLY);
		CHECK_EQ(at(probe_swap, address, 0).fault, FAULT_READONLY);
		CHECK_EQ(at(probe_store64, address, 0).address, address);
		CHECK_OK(node_set(CAP_D, 6, CAP_TMP));
		is_memory(address);
	}
}

static void a_readonly_root(void)
{
	struct message m = { .w = { NODE_READONLY }, .receive = { CAP_E } };
	u64 address = 6ul << 20;
	prober_in(20);
	map(CAP_D, 20, address);
	/* It may not write: so the program's part is seen another way. */
	CHECK_OK(message_call(CAP_D, &m));
	node_new(24, CAP_D);
	CHECK_OK(node_set(CAP_D, 1, CAP_E));
	program_root(CAP_E);
	CHECK_OK(node_set(CAP_D, 0, CAP_E));
	CHECK_OK(process_set_slot(CAP_PROBER, PS_SPACE, CAP_D));
	address += 1ul << 24;
	CHECK_EQ(at(probe_load64, address, 0).value, MARK | 6ul << 20);
	CHECK_EQ(at(probe_store64, address, 0).fault, FAULT_READONLY);
	/* The same page, twice in one space, with other rights. */
	CHECK_OK(node_get(CAP_D, 1, CAP_E));
	CHECK_OK(node_get(CAP_E, 6, CAP_E));
	CHECK_OK(node_set(CAP_D, 2, CAP_E));
	is_memory(2ul << 24);
	CHECK_EQ(at(probe_store64, address, 0).fault, FAULT_READONLY);
}

static void readonly_pages(void)
{
	u64 address = 6ul << 20;
	prober_in(20);
	map(CAP_D, 20, address);
	CHECK_OK(range_make(CAP_PAGES, 0, CAP_TMP));
	CHECK_OK(page_readonly(CAP_TMP, CAP_TMP));
	CHECK_OK(node_set(CAP_E, 1, CAP_TMP));
	address += PAGE_SIZE;
	CHECK_EQ(at(probe_store64, address, 1).fault, FAULT_READONLY);
	CHECK_EQ(at(probe_load64, address, 1).value, MARK | 6ul << 20);
	CHECK_EQ(at(probe_store64, address, 1).fault, FAULT_READONLY);
	CHECK_EQ(at(probe_store64, address - PAGE_SIZE, 1).fault, FAULT_NONE);
	CHECK_EQ(at(probe_load64, address, 1).value, 1);
}

/* Program text can be executed where a page has it; a device has none. */
static void devices(void)
{
	u64 address = 6ul << 20;
	prober_in(20);
	map(CAP_D, 20, address);
	CHECK_OK(kit(KIT_DEVICE, CAP_TMP));
	CHECK_OK(node_set(CAP_E, 1, CAP_TMP));
	CHECK_OK(kit(KIT_NO_DEVICE, CAP_TMP));
	CHECK_OK(node_set(CAP_E, 2, CAP_TMP));
	address += PAGE_SIZE;
	CHECK_EQ(at(probe_load64, address - PAGE_SIZE, 0).fault, FAULT_NONE);
	struct probe_answer a = at(probe_load64, address, 0);
	CHECK_EQ(a.fault, FAULT_NONE);
	CHECK_EQ(at(probe_jump, address, 0).fault, FAULT_FETCH);
	address += PAGE_SIZE;
	CHECK_EQ(at(probe_load64, address, 0).fault, FAULT_ACCESS);
	CHECK_EQ(at(probe_store64, address, 0).fault, FAULT_ACCESS);
	CHECK_EQ(at(probe_jump, address, 0).fault, FAULT_FETCH);
}

/*
 * A program that needs no other memory: answers what it reads, or writes.
 * s0: its control word.  Called with an address, and a value or 0.
 */
extern char tiny_start[], tiny_reads[], tiny_writes[], tiny_end[];
static __attribute__((naked, used)) void tiny(void)
{
	asm volatile("tiny_start:\n"
		     "1: mv a7, s0\n"
		     "li a5, 0\n"
		     "li t0, 0\n"
		     "ecall\n"
		     "beqz a1, 2f\n"
		     "tiny_writes: sd a1, 0(a0)\n"
		     "2: tiny_reads: ld a1, 0(a0)\n"
		     "li a0, 0\n"
		     "j 1b\n"
		     "tiny_end:");
}

#define TINY_READS ((u64)(tiny_reads - tiny_start))
#define TINY_WRITES ((u64)(tiny_writes - tiny_start))

/* The page in D holds it; made to run in the space in `space`, keeper A. */
static void tiny_in(unsigned space)
{
	struct proc_regs regs = { 0 };
	CHECK_OK(page_write(CAP_D, 0, tiny_start,
			    (size_t)(tiny_end - tiny_start)));
	thread_new(keeper, MAIN_PRIORITY, CAP_B);
	CHECK_OK(process_set_slot(CAP_B, PS_KEEPER, CAP_KEEP));
	CHECK_OK(process_set_slot(CAP_B, PS_SPACE, space));
	regs.x[8] = CTL_OP(OP_REPLY_WAIT) | CTL_TARGET(CAP_E) |
		    CTL_RESUME_IN(CAP_E);
	CHECK_OK(process_set_regs(CAP_B, &regs));
	thread_send(CAP_B, 8, 0, 0, 0);
	CHECK_OK(process_make_start(CAP_B, 0, CAP_B));
}

/* The keeper makes it read from 0 instead. */
static u64 read_zero(void)
{
	struct proc_regs regs = probe_noted.regs;
	regs.pc = TINY_READS;
	regs.x[10] = 0;
	return process_set_regs(CAP_FAULTED, &regs);
}

static struct probe_answer tiny_at(u64 address, u64 value)
{
	probe_noted = (struct probe_answer){ 0 };
	struct words a = call4(CAP_B, address, value, 0, 0);
	CHECK_EQ(a.w0, 0);
	probe_noted.value = a.w1;
	return probe_noted;
}

static void a_keeper_alone(void)
{
	probe_faults = 0;
	thread_start(keeper, MAIN_PRIORITY + 2, CAP_KEEP, 0, 0);
	CHECK_OK(process_make_start(CAP_KEEP, 7, CAP_KEEP));
	probe_repair = read_zero;
	page_new(CAP_D);
	page_set_word(CAP_D, PAGE_SIZE - 8, MARK);
}

static void a_page_is_a_space(void)
{
	a_keeper_alone();
	tiny_in(CAP_D);
	CHECK_EQ(tiny_at(PAGE_SIZE - 8, 0).value, MARK);
	CHECK_EQ(tiny_at(PAGE_SIZE - 16, 12).value, 12);
	CHECK_EQ(page_word(CAP_D, PAGE_SIZE - 16), 12);
	CHECK_EQ(tiny_at(PAGE_SIZE, 0).fault, FAULT_READ);
	CHECK_EQ(tiny_at(PAGE_SIZE, 1).fault, FAULT_WRITE);
	CHECK_EQ(tiny_at(SPACE_SIZE - 8, 0).fault, FAULT_READ);
	CHECK_EQ(tiny_at(PAGE_SIZE + 8, 0).pc, TINY_READS);
	CHECK_EQ(tiny_at(PAGE_SIZE + 8, 1).pc, TINY_WRITES);
}

static void a_readonly_page_is_a_space(void)
{
	a_keeper_alone();
	CHECK_OK(page_readonly(CAP_D, CAP_E));
	tiny_in(CAP_E);
	CHECK_EQ(tiny_at(PAGE_SIZE - 8, 0).value, MARK);
	CHECK_EQ(tiny_at(PAGE_SIZE - 8, 12).fault, FAULT_READONLY);
	CHECK_EQ(page_word(CAP_D, PAGE_SIZE - 8), MARK);
}

static void a_leaf_is_a_space(void)
{
	a_keeper_alone();
	node_new(LEAF_SPAN, CAP_E);
	CHECK_OK(node_set(CAP_E, 0, CAP_D));
	CHECK_OK(node_set(CAP_E, 15, CAP_D));
	tiny_in(CAP_E);
	CHECK_EQ(tiny_at(0xfff8, 0).value, MARK);
	CHECK_EQ(tiny_at(0xfff0, 5).value, 5);
	CHECK_EQ(tiny_at(PAGE_SIZE - 16, 0).value, 5);
	CHECK_EQ(tiny_at(0x10000, 0).fault, FAULT_READ);
	CHECK_EQ(tiny_at(0x8000, 0).fault, FAULT_READ);
}

/* No space at all: the first fetch faults. */
static void no_space(void)
{
	static const u8 wrong[] = { 0, CAP_SELF, CAP_SCHEDULE, CAP_PAGES };
	a_keeper_alone();
	probe_repair = probe_refuse;
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		AT("register %u", wrong[i]);
		probe_faults = 0;
		tiny_in(wrong[i]);
		AWAIT(load(&probe_faults) == 1);
		CHECK_EQ(probe_noted.fault, FAULT_FETCH);
		CHECK_EQ(probe_noted.address, 0);
		CHECK_EQ(probe_noted.pc, 0);
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "every span", every_span },
		{ "outside every space", outside_every_space },
		{ "children of every span", children_of_every_span },
		{ "malformed slots", malformed_slots },
		{ "read-only on the way", readonly_on_the_way },
		{ "a read-only root", a_readonly_root },
		{ "read-only pages", readonly_pages },
		{ "devices", devices },
		{ "a page is a space", a_page_is_a_space },
		{ "a read-only page is a space", a_readonly_page_is_a_space },
		{ "a leaf is a space", a_leaf_is_a_space },
		{ "no space", no_space },
	};
	test_all(cases, ARRAY_SIZE(cases));
}
