/*
 * Store buffering: each stores, then loads what the other stores.
 *
 * Links:
 */
#include <explore.h>

#include <hal/atomic.h>

static struct atomic32 x, y;
static u32 seen[2];

static void one(void)
{
	atomic32_store_relaxed(&x, 1);
	fence_full();
	seen[0] = atomic32_load_relaxed(&y);
}

static void other(void)
{
	atomic32_store_relaxed(&y, 1);
	fence_full();
	seen[1] = atomic32_load_relaxed(&x);
}

static void final(void)
{
	explore_require(seen[0] || seen[1], "neither saw the other's store");
}

const struct scenario scenario = {
	.expects = "at least one of the two sees the other's store",
	.harts = 2, .body = { one, other }, .final = final,
};
