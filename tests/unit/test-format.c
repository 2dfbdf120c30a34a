/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/build/format.h"
#include "tests/unit/tap.h"

static void the_line_is_found_in_each_form_of_rustfmt(void)
{
	EXPECT_INT(rk_format_first_line("Diff in <stdin>:12:\n fn a() {\n"), 12);
	EXPECT_INT(rk_format_first_line("Diff in stdin at line 7:\n fn a() {\n"), 7);
	EXPECT_INT(rk_format_first_line("Diff in /a 3/b.rs:45:\n"), 45);
}

static void the_first_of_several_counts(void)
{
	EXPECT_INT(rk_format_first_line("Diff in <stdin>:2:\n+3\nDiff in <stdin>:9:\n"),
		   2);
}

static void output_without_a_line_has_none(void)
{
	EXPECT_INT(rk_format_first_line(""), 0);
	EXPECT_INT(rk_format_first_line("error: 12\n"), 0);
	EXPECT_INT(rk_format_first_line("Diff in "), 0);
	EXPECT_INT(rk_format_first_line("Diff in x:\n4"), 0);
}

static void rust_is_known_by_its_name(void)
{
	EXPECT(rk_format_is_rust("a/b.rs"));
	EXPECT(!rk_format_is_rust(".rs"));
	EXPECT(!rk_format_is_rust("a.rs.in"));
}

static const struct test tests[] = {
	TEST(the_line_is_found_in_each_form_of_rustfmt),
	TEST(the_first_of_several_counts),
	TEST(output_without_a_line_has_none),
	TEST(rust_is_known_by_its_name),
};

int main(void)
{
	return tap_run(tests, RK_ARRAY_LEN(tests));
}
