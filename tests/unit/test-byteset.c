/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/verdict/byteset.h"
#include "tests/unit/tap.h"

static void counts_what_was_added(void)
{
	struct rk_byteset set;

	EXPECT(rk_byteset_init(&set, 3));
	EXPECT_INT(rk_byteset_count(&set, 0, 8), 0);
	rk_byteset_add(&set, 60, 8); /* over the edge of a group */
	rk_byteset_add(&set, UINT64_MAX - 7, 4);
	EXPECT_INT(rk_byteset_count(&set, 60, 8), 8);
	EXPECT_INT(rk_byteset_count(&set, 56, 8), 4);
	EXPECT_INT(rk_byteset_count(&set, 64, 8), 4);
	EXPECT_INT(rk_byteset_count(&set, 68, 8), 0);
	EXPECT_INT(rk_byteset_count(&set, UINT64_MAX - 7, 7), 4);
	rk_byteset_release(&set);
}

static void takes_as_many_ranges_as_it_was_made_for(void)
{
	enum {
		N = 10000,
	};
	struct rk_byteset set;
	size_t n = 0;

	EXPECT(rk_byteset_init(&set, N));
	for (uint64_t i = 0; i < N; i++)
		rk_byteset_add(&set, i << 40 | 60, 8);
	for (uint64_t i = 0; i < N; i++)
		n += rk_byteset_count(&set, i << 40 | 60, 9);
	EXPECT_INT(n, N * 8);
	rk_byteset_release(&set);
}

static const struct test tests[] = {
	TEST(counts_what_was_added),
	TEST(takes_as_many_ranges_as_it_was_made_for),
};

TAP_MAIN(tests)
