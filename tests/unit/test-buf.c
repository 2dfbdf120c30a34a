/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdint.h>

#include "lib/base/buf.h"
#include "tests/unit/tap.h"

static void grows_and_stays_terminated(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	for (int i = 0; i < 1000; i++)
		rk_buf_addf(&buf, "%d,", i);
	EXPECT(!buf.failed);
	EXPECT_INT(strlen(buf.data), buf.len);
	EXPECT_HAS(buf.data, ",999,");
}

static void nothing_added_is_an_empty_string(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *text = NULL;

	EXPECT_STR(rk_buf_str(&buf), "");
	EXPECT_INT(rk_buf_take(&buf, &text, &err), 0);
	EXPECT_STR(text, "");
}

static void a_size_that_overflows_fails_once_and_for_all(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	char *text = NULL;

	rk_buf_adds(&buf, "x");
	rk_buf_add(&buf, "y", SIZE_MAX);
	rk_buf_adds(&buf, "z");
	EXPECT_INT(rk_buf_take(&buf, &text, &err), -RK_ENOMEM);
	EXPECT(!text);
	EXPECT_HAS(err.msg, "out of memory");
}

static const struct test tests[] = {
	TEST(grows_and_stays_terminated),
	TEST(nothing_added_is_an_empty_string),
	TEST(a_size_that_overflows_fails_once_and_for_all),
};
TAP_MAIN(tests)
