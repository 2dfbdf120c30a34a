/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/pipeline/analyzer.h"
#include "tests/unit/tap.h"

static void expect_words(const char *makefile, const char *name, const char *wanted)
{
	cleanup_strv struct rk_strv words = RK_STRV_INIT;
	cleanup_buf struct rk_buf got = RK_BUF_INIT;

	rk_analyzer_words(makefile, name, &words);
	for (size_t i = 0; i < words.n_items; i++)
		rk_buf_addf(&got, "%s%s", i ? "|" : "", words.items[i]);
	EXPECT_STR(rk_buf_str(&got), wanted);
}

static void continued_lines_are_read(void)
{
	static const char makefile[] = "x := y\n\npin_init-cfgs := \\\n    kernel "
				       "USE_RUSTC_FEATURES\n\nother := no\n";

	expect_words(makefile, "pin_init-cfgs", "kernel|USE_RUSTC_FEATURES");
	expect_words(makefile, "x", "y");
	expect_words(makefile, "core-cfgs", "");
	expect_words("a := \\\n  b \\\n  c", "a", "b|c");
}

static void what_make_would_compute_is_left_out(void)
{
	expect_words("core-cfgs := \\\n    $(call cfgs-to-flags,$(core-cfgs)) z\n",
		     "core-cfgs", "z");
}

static void broken_texts_end(void)
{
	expect_words("", "a", "");
	expect_words("a :=", "a", "");
	expect_words("a := \\", "a", "");
	expect_words("a := \\\n", "a", "");
	expect_words("ba := c\nxa := d", "a", "");
}

static void the_edition_is_core_s(void)
{
	char edition[8];

	rk_analyzer_edition("[package]\nname = \"core\"\nedition = \"2024\"\n", edition);
	EXPECT_STR(edition, "2024");
	rk_analyzer_edition("edition.workspace = true\n", edition);
	EXPECT_STR(edition, "2021");
	rk_analyzer_edition("\nedition = \"20241\"\n", edition);
	EXPECT_STR(edition, "2021");
}

static const struct test tests[] = {
	TEST(continued_lines_are_read),
	TEST(what_make_would_compute_is_left_out),
	TEST(broken_texts_end),
	TEST(the_edition_is_core_s),
};
TAP_MAIN(tests)
