/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/build/format.h"
#include "tests/unit/tap.h"

static size_t first_line(const char *a, const char *b)
{
	cleanup_buf struct rk_buf left = RK_BUF_INIT;
	cleanup_buf struct rk_buf right = RK_BUF_INIT;

	rk_buf_adds(&left, a);
	rk_buf_adds(&right, b);
	return rk_format_first_line(&left, &right);
}

static void the_first_line_that_differs_is_found(void)
{
	EXPECT_INT(first_line("a\nb\nc\n", "a\nB\nC\n"), 2);
	EXPECT_INT(first_line("a\n", "b\n"), 1);
	EXPECT_INT(first_line("a\nb", "a\nb\n"), 2);
	EXPECT_INT(first_line("a\n\n", "a\n"), 2);
	EXPECT_INT(first_line("", "a"), 1);
}

/* Ends @text as @like is; compares with @want. */
static bool ends_as(const char *text, const char *like, const char *want)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_buf struct rk_buf model = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_adds(&buf, text);
	rk_buf_adds(&model, like);
	return rk_format_end_lines(&buf, &model, &err) == 0 &&
	       strcmp(rk_buf_str(&buf), want) == 0;
}

static void ends_of_lines_are_those_of_the_file(void)
{
	EXPECT(ends_as("a\nb\n", "x\r\ny\n", "a\r\nb\r\n"));
	EXPECT(ends_as("a\nb", "\r\n", "a\r\nb"));
	EXPECT(ends_as("a\n", "x\ny\r\n", "a\n"));
	EXPECT(ends_as("a\r\n", "x\r\n", "a\r\n"));
	EXPECT(ends_as("a\n", "", "a\n"));
	EXPECT(ends_as("", "x\r\n", ""));
}

static void an_edition_is_found_in_settings(void)
{
	EXPECT(rk_format_names_edition("edition = \"2018\"\n"));
	EXPECT(rk_format_names_edition("hard_tabs = true\n  edition=\"2024\""));
}

static void words_like_edition_are_none(void)
{
	EXPECT(!rk_format_names_edition(""));
	EXPECT(!rk_format_names_edition("# edition = \"2018\"\n"));
	EXPECT(!rk_format_names_edition("style_edition = \"2024\"\n"));
	EXPECT(!rk_format_names_edition("editions = 1\nedition"));
}

static void rust_is_known_by_its_name(void)
{
	EXPECT(rk_format_is_rust("a/b.rs"));
	EXPECT(!rk_format_is_rust(".rs"));
	EXPECT(!rk_format_is_rust("a.rs.in"));
}

static const struct test tests[] = {
	TEST(the_first_line_that_differs_is_found),
	TEST(ends_of_lines_are_those_of_the_file),
	TEST(an_edition_is_found_in_settings),
	TEST(words_like_edition_are_none),
	TEST(rust_is_known_by_its_name),
};

int main(void)
{
	return tap_run(tests, RK_ARRAY_LEN(tests));
}
