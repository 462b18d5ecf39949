#include <diag/args.h>
#include <mem/frame.h>
#include <obj/age.h>
#include <proc/process.h>
#include <space/space.h>
#include <store/pools.h>
#include <store/record.h>
#include <store/room.h>

/*
 * What one transaction may need at once, at most.
 *  - pages: the instruction, a string and a buffer of two each, three that an
 *    operation works on;
 *  - nodes: the paths to five of these pages, five each, at the top the same
 *    one; two that it works on, and a meter;
 *  - processes: the invoker, who is invoked, who is answered;
 *  - mapping references: a page and the path to it, for as many pages as one
 *    instruction of a user needs;
 *  - spaces: the one that a hart has, and the one it was loading.
 */
enum {
	PAGES_MIN = 8,
	NODES_MIN = 24,
	PROCESSES_MIN = 3,
	MAPREFS_MIN = 18,
	SPACES_MIN = 2,
};

/* Harts that run processes. */
static u64 workers(void)
{
	u64 n = 0;
	for (u32 i = 0; i < hart_count(); i++)
		n += !harts[i].chaos;
	return n;
}

/* The argument, or else `otherwise`; so many for each hart, and `more`, are the
   least that will do. */
static u64 size_of_pool(const char *name, u64 otherwise, u64 each, u64 more)
{
	u64 n = arg_number(name, otherwise), w = workers();
	if (n >= each * w + more)
		return n;
	if (more)
		panic("boot arguments",
		      "%s=%lu: one transaction may need %lu, times %lu harts, "
		      "and %lu more: %lu", name, n, each, w, more,
		      each * w + more);
	panic("boot arguments",
	      "%s=%lu: one transaction may need %lu, times %lu harts: %lu",
	      name, n, each, w, each * w);
}

/* Pages for which memory suffices, their headers included. */
static u64 pages_that_fit(void)
{
	u64 frames = frames_total() - MIN(frames_total(), 2 * FRAMES_FOR_TABLES);
	return frames * PAGE_SIZE / (PAGE_SIZE + sizeof(struct page));
}

/* So many headers of `size` bytes take a part of memory, an n-th. */
static u64 part_of_memory(u64 n, size_t size)
{
	return frames_total() * PAGE_SIZE / n / size;
}

/* No more headers than OIDs, whatever was asked for; but as many as it takes. */
static u64 headers(const char *name, u64 oids, u64 each, u64 more)
{
	u64 least = each * workers() + more;
	return size_of_pool(name, MAX(oids, least), each, more);
}

void pools_init(const u64 objects[OK_COUNT], u64 listed)
{
	u64 nodes = headers("nodes",
			    MIN(objects[OK_NODE],
				part_of_memory(8, sizeof(struct node))),
			    NODES_MIN, 0);
	u64 processes = headers("processes",
				MIN(objects[OK_PROCESS],
				    part_of_memory(16, sizeof(struct process))),
				PROCESSES_MIN, listed);
	u64 most = MIN(objects[OK_PAGE], frames_total());
	/* Beside what the harts keep, one goes on. */
	space_init(size_of_pool("spaces", processes + 2 * HARTS_MAX + 1,
				SPACES_MIN, 1),
		   size_of_pool("maprefs", 2 * (most + nodes), MAPREFS_MIN, 0));
	obj_pool_init(OK_NODE, sizeof(struct node), nodes, objects[OK_NODE],
		      record_node_init);
	obj_pool_init(OK_PROCESS, sizeof(struct process), processes,
		      objects[OK_PROCESS], proc_header_init);
	u64 pages = headers("pages", MIN(objects[OK_PAGE], pages_that_fit()),
			    PAGES_MIN, 0);
	obj_pool_init(OK_PAGE, sizeof(struct page), pages, objects[OK_PAGE],
		      NULL);
	frames_set_aside(pages);
	room_init();
	age_init(arg_number("squeeze", 0));
}
