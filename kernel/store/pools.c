#include <hal/hart.h>
#include <mem/frame.h>
#include <space/space.h>
#include <store/pools.h>
#include <store/record.h>

void pools_init(const u64 n[OK_COUNT])
{
	obj_pool_init(OK_PAGE, sizeof(struct page), n[OK_PAGE], NULL);
	obj_pool_init(OK_NODE, sizeof(struct node), n[OK_NODE], record_node_init);
	obj_pool_init(OK_PROCESS, sizeof(struct process), n[OK_PROCESS],
		      proc_header_init);
	/* Each hart may keep two spaces from being freed, the one it has and
	   the one it was loading; one more goes on. */
	space_init(n[OK_PROCESS] + 2 * HARTS_MAX + 1,
		   2 * (n[OK_PAGE] + n[OK_NODE]));
	frames_set_aside(n[OK_PAGE]);
}
