/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/build/where.h"
#include "tests/unit/tap.h"

static char *top;

/* "path:line", or "-" */
static const char *found(const char *line)
{
	static char text[200];
	struct rk_where where;

	if (!rk_where_find(line, &where))
		return "-";
	snprintf(text, sizeof(text), "%.*s:%zu", (int)where.path_len, where.path,
		 where.line);
	return text;
}

static const char *rebased(const char *line)
{
	static struct rk_buf text;
	struct rk_error err = RK_ERROR_INIT;
	char dir[300];
	const char *dirs[] = {dir, NULL};

	snprintf(dir, sizeof(dir), "%s/sub", top);
	rk_buf_release(&text);
	if (rk_where_rebase(line, dirs, top, &text, &err) < 0)
		return "failed";
	return rk_buf_str(&text);
}

static void places_of_rustc_are_found(void)
{
	EXPECT_STR(found("  --> a.rs:3:9"), "a.rs:3");
	EXPECT_STR(found("   ::: with blank: 1/b.rs:12:1"), "with blank: 1/b.rs:12");
	EXPECT_STR(found("19 |         pr_inf!(\"x:1:2\");"), "-");
}

static void places_of_c_compilers_are_found(void)
{
	EXPECT_STR(found("a.c:3:9: error: no"), "a.c:3");
	EXPECT_STR(found("a.c:3: warning: no"), "a.c:3");
	EXPECT_STR(found("In file included from b.h:7:"), "b.h:7");
	EXPECT_STR(found("                 from c.h:8,"), "c.h:8");
}

static void other_lines_have_no_place(void)
{
	EXPECT_STR(found(""), "-");
	EXPECT_STR(found("  --> "), "-");
	EXPECT_STR(found("--> :3:9"), "-");
	EXPECT_STR(found("--> a.rs:0:9"), "-");
	EXPECT_STR(found("--> a.rs:9"), "-");
	EXPECT_STR(found("make[2]: *** [x/Makefile:287: hello.o] Error 1"), "-");
	EXPECT_STR(found("error: a.c:3:9"), "-");
	EXPECT_STR(found("a.c:3"), "-");
}

static void a_place_is_named_from_the_top(void)
{
	char line[400];

	EXPECT_STR(rebased("  --> a.rs:3:9"), "  --> sub/a.rs:3:9");
	EXPECT_STR(rebased("../top.h:7:1: error: no"), "top.h:7:1: error: no");
	snprintf(line, sizeof(line), "  --> %s/sub/a.rs:3:9", top);
	EXPECT_STR(rebased(line), "  --> sub/a.rs:3:9");
}

static void what_is_not_in_the_repository_stays(void)
{
	EXPECT_STR(rebased("  --> b.rs:3:9"), "  --> b.rs:3:9");
	EXPECT_STR(rebased("  --> ../../../../../etc/passwd:3:9"),
		   "  --> ../../../../../etc/passwd:3:9");
	EXPECT_STR(rebased("  --> /etc/passwd:3:9"), "  --> /etc/passwd:3:9");
	EXPECT_STR(rebased("some words"), "some words");
}

static const struct test tests[] = {
	TEST(places_of_rustc_are_found),           TEST(places_of_c_compilers_are_found),
	TEST(other_lines_have_no_place),           TEST(a_place_is_named_from_the_top),
	TEST(what_is_not_in_the_repository_stays),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	char name[300];
	int status;

	if (rk_dir_make_temp("/tmp/test-where", &top, &err) < 0)
		return 1;
	snprintf(name, sizeof(name), "%s/sub", top);
	if (rk_dir_make(name, 0700, &err) < 0)
		return 1;
	snprintf(name, sizeof(name), "%s/sub/a.rs", top);
	if (rk_file_write(name, "", 0, 0600, &err) < 0)
		return 1;
	snprintf(name, sizeof(name), "%s/top.h", top);
	if (rk_file_write(name, "", 0, 0600, &err) < 0)
		return 1;
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	rebased("");
	if (rk_dir_remove(top, &err) < 0)
		return 1;
	free(top);
	return status;
}
