#include <base/fmt.h>
#include <diag/check.h>
#include <wait/queue.h>

struct queue queues[QUEUE_COUNT];

static const struct {
	unsigned size;
	const char *name;
} groups[] = {
#define X(id, n, name) [id] = { n, name },
	QUEUES(X)
#undef X
};

/* Index of the first queue of each group; set once at boot. */
static unsigned first[QUEUE_GROUPS];

void queues_init(void)
{
	unsigned i = 0;
	for (unsigned g = 0; g < QUEUE_GROUPS; g++) {
		first[g] = i;
		for (unsigned k = 0; k < groups[g].size; k++, i++)
			ring_init(&queues[i].ring,
				  g == Q_READY ? LR_READY : LR_QUEUE);
	}
}

struct ring *queue_ring(enum queue_group g, unsigned i)
{
	kassert(i < groups[g].size);
	return &queues[first[g] + i].ring;
}

void queue_name(unsigned i, char *name, size_t size)
{
	unsigned g = 0;
	while (g + 1 < QUEUE_GROUPS && first[g + 1] <= i)
		g++;
	if (groups[g].size > 1)
		fmt_snprintf(name, size, "%s %u", groups[g].name, i - first[g]);
	else
		fmt_snprintf(name, size, "%s", groups[g].name);
}

int queue_index(const struct ring *r)
{
	const struct queue *q = (const struct queue *)r;
	return q >= queues && q < queues + QUEUE_COUNT ? (int)(q - queues) : -1;
}
