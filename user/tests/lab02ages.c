/*
 * Two pages are used all the time, one by orders, the other by loads alone,
 * while many others come and go.
 */
#include "lab02user.h"

#define ROUNDS 4
#define BY_ORDER 40 /* the page, not among those mapped */
#define BY_LOAD 5

static void watch(u64 i, u64 page)
{
	u64 offset;
	CHECK_OK(node_get(CAP_C, page / NODE_SLOTS, CAP_E));
	CHECK_OK(node_get(CAP_E, page % NODE_SLOTS, CAP_E));
	CHECK_OK(kit(KIT_FAR, CAP_TMP));
	CHECK_OK(node_get(CAP_TMP, 2, CAP_TMP)); /* the range of all pages */
	CHECK_OK(range_identify(CAP_TMP, CAP_E, &offset));
	ledger->watched[i] = 1 + offset;
}

static void what_is_used_stays(void)
{
	map_area();
	load_from(BY_LOAD);
	look_at_page(BY_ORDER);
	watch(0, BY_ORDER);
	watch(1, BY_LOAD);
	for (u64 i = 0; i < ROUNDS * PAGES; i++) {
		u64 cold = i % PAGES;
		look_at_page(BY_ORDER);
		load_from(BY_LOAD);
		if (cold != BY_ORDER && cold != BY_LOAD)
			look_at_page(cold);
	}
}

static const struct test_case cases[] = {
	{ "what is used stays", what_is_used_stays },
};

int main(void)
{
	ledger_all(cases, ARRAY_SIZE(cases));
}
