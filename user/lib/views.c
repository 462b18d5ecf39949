#include <abi/inspect.h>
#include <base/string.h>
#include <console.h>
#include <faults.h>
#include <object.h>
#include <text.h>
#include <views.h>

#define TRACE_MOST 50u

#define LOOK(order, index, record)                                       \
	(inspect(CAP_INSPECTOR, (order), &(u64){ (index) }, 0, (record), \
		 sizeof(*(record))) == RC_OK)

static const char *state_name(u8 state)
{
	static const char *const names[] = {
#define X(id, n, name) [id] = name,
		PROC_STATES(X)
#undef X
	};
	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

/* What a process is doing, or why it does nothing. */
static void print_process(const struct inspect_process *p)
{
	printf("%5lu %-14s %-9s %4u ", p->oid, p->name, state_name(p->state),
	       p->priority);
	if (p->loaded)
		printf("%4u", p->loaded - 1);
	else
		printf("   -");
	printf(" %9lu.%03lu %4u", p->ticks / TICKS_PER_S,
	       p->ticks % TICKS_PER_S / TICKS_PER_MS, p->callers);
	if (p->stalled_on[0])
		printf("  %s", p->stalled_on);
	if (p->fault)
		printf("  (%s)", fault_name(p->fault));
	print("\n");
}

/* Nobody's, as it was before it was made and is after it was destroyed. */
static bool is_null(const struct inspect_process *p)
{
	return p->state == PST_AVAILABLE && !p->name[0] && !p->pc;
}

void view_processes(int argc, char **argv)
{
	struct inspect_process p;
	(void)argc, (void)argv;
	print("  OID name           state     prio hart      time s want  "
	      "stalled on\n");
	for (u64 i = 0; LOOK(INSPECT_PROCESS, i, &p); i++)
		if (!is_null(&p))
			print_process(&p);
}

/* Who is stalled on this process. */
static void print_callers(const struct inspect_process *called)
{
	struct inspect_process p;
	for (u64 i = 0; LOOK(INSPECT_PROCESS, i, &p); i++)
		if (strcmp(p.stalled_on, called->name) == 0)
			printf(" %s", p.name);
}

/* A process is a queue, too, for those who called it. */
static void print_called(void)
{
	struct inspect_process p;
	bool any = false;
	for (u64 i = 0; LOOK(INSPECT_PROCESS, i, &p); i++) {
		if (!p.callers)
			continue;
		if (!any)
			print("process                callers  who they are\n");
		any = true;
		printf("%-22s %7u ", p.name, p.callers);
		print_callers(&p);
		print("\n");
	}
}

void view_queues(int argc, char **argv)
{
	struct inspect_queue q;
	bool all = argc > 1 && strcmp(argv[1], "all") == 0;
	print("queue                  members  first            enqueued\n");
	for (u64 i = 0; LOOK(INSPECT_QUEUE, i, &q); i++)
		if (all || q.members || q.enqueued)
			printf("%-22s %7u  %-15s %9lu\n", q.name, q.members,
			       q.members ? q.first : "-", q.enqueued);
	print_called();
}

void view_locks(int argc, char **argv)
{
	struct inspect_machine machine;
	struct inspect_lock l;
	(void)argc, (void)argv;
	print("rank lock                  taken       waits\n");
	for (u64 i = 0; LOOK(INSPECT_LOCK, i, &l); i++)
		printf("%4u %-15s %11lu %11lu\n", l.rank, l.name, l.taken,
		       l.spins);
	if (!LOOK(INSPECT_MACHINE, 0, &machine))
		return;
	printf("transactions %lu, of which executed again %lu, serialized "
	       "%lu\n",
	       machine.transactions, machine.restarts, machine.serialized);
	if (!machine.debug)
		print("(how often taken is counted in the debug build only)\n");
}

void view_pools(int argc, char **argv)
{
	struct inspect_machine machine;
	struct inspect_pool p;
	(void)argc, (void)argv;
	print("pool                   size       used\n");
	for (u64 i = 0; LOOK(INSPECT_POOL, i, &p); i++)
		printf("%-16s %10lu %10lu\n", p.name, p.size, p.used);
	if (LOOK(INSPECT_MACHINE, 0, &machine))
		printf("memory %lu MiB, harts %u\n", machine.memory >> 20,
		       machine.harts);
}

/*
 * Looking leaves traces, too, and printing many: so first it is found where
 * the ring ends now (asked for an event long gone, the kernel gives the oldest
 * that it has), then everything is fetched, then printed.
 */
static void print_trace(u64 hart, u64 count)
{
	static struct inspect_trace events[TRACE_MOST];
	struct inspect_trace *e = events;
	u64 number = 0, got = 0;
	if (inspect(CAP_INSPECTOR, INSPECT_TRACE, &number, hart, e,
		    sizeof(*e)) != RC_OK)
		return;
	u64 first = number + INSPECT_TRACE_KEPT - count;
	for (; got < count; got++, e++) {
		number = first + got;
		if (inspect(CAP_INSPECTOR, INSPECT_TRACE, &number, hart, e,
			    sizeof(*e)) != RC_OK ||
		    number != first + got)
			break;
	}
	for (e = events; e < events + got; e++)
		printf("%4lu %10lu.%lu us  %-15s %lx %lx\n", hart,
		       e->when / TICKS_PER_US, e->when % TICKS_PER_US, e->event,
		       e->a, e->b);
}

void view_trace(int argc, char **argv)
{
	struct inspect_machine machine;
	u64 count = MIN(text_argument(argc, argv, 1, 20), TRACE_MOST);
	if (!LOOK(INSPECT_MACHINE, 0, &machine))
		return;
	if (!machine.trace) {
		print("This kernel was built without its trace ring; build it "
		      "with `make run TRACE=1`.\n");
		return;
	}
	print("hart            time  event\n");
	for (u64 hart = 0; hart < machine.harts; hart++)
		print_trace(hart, count);
}
