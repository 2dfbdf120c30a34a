/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/build/internal.h"
#include "tests/unit/tap.h"

static int parse(const char *text, size_t size, struct rk_strv *ret, struct rk_error *err)
{
	*err = (struct rk_error)RK_ERROR_INIT;
	return rk_build_parse_order("/m/d", text, size, ret, err);
}

static void each_form_of_a_line_is_read(void)
{
	cleanup_strv struct rk_strv modules = RK_STRV_INIT;
	static const char text[] =
		"hello.o\nsub/b.o\n./c.o\n/m/d/old.ko\n/m/d/sub/x.y.o\nlast.ko";
	struct rk_error err;

	EXPECT_INT(parse(text, strlen(text), &modules, &err), 0);
	if (!EXPECT_INT(modules.n_items, 6))
		return;
	EXPECT_STR(modules.items[0], "/m/d/hello.ko");
	EXPECT_STR(modules.items[1], "/m/d/sub/b.ko");
	EXPECT_STR(modules.items[2], "/m/d/c.ko");
	EXPECT_STR(modules.items[3], "/m/d/old.ko");
	EXPECT_STR(modules.items[4], "/m/d/sub/x.y.ko");
	EXPECT_STR(modules.items[5], "/m/d/last.ko");
}

static void an_empty_file_names_none(void)
{
	cleanup_strv struct rk_strv modules = RK_STRV_INIT;
	struct rk_error err;

	EXPECT_INT(parse("", 0, &modules, &err), 0);
	EXPECT_INT(parse("\n\n", 2, &modules, &err), 0);
	EXPECT_INT(modules.n_items, 0);
}

static void a_module_named_twice_is_one(void)
{
	cleanup_strv struct rk_strv modules = RK_STRV_INIT;
	struct rk_error err;

	EXPECT_INT(parse("a.o\n/m/d/a.ko\n", 14, &modules, &err), 0);
	EXPECT_INT(modules.n_items, 1);
}

static void expect_refused(const char *text, size_t size)
{
	cleanup_strv struct rk_strv modules = RK_STRV_INIT;
	struct rk_error err;

	if (!EXPECT_INT(parse(text, size, &modules, &err), -RK_EFORMAT))
		printf("# %s\n", text);
	EXPECT_HAS(err.msg, "/m/d/modules.order");
}

static void what_is_no_module_of_the_folder_is_refused(void)
{
	expect_refused("hello.c\n", 8);
	expect_refused(".o\n", 3);
	expect_refused(".ko\n", 4);
	expect_refused("hello\n", 6);
	expect_refused("../a.o\n", 7);
	expect_refused("x/../../a.o\n", 12);
	expect_refused("..", 2);
	expect_refused("/m/dd/a.o\n", 10);
	expect_refused("/etc/a.ko\n", 10);
	expect_refused("a\0b.o\n", 6);
	expect_refused("a.o\0\n", 5);
}

static void old_files_that_are_not_named_do_not_count(void)
{
	cleanup_strv struct rk_strv modules = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;
	char *dir = NULL;

	if (rk_dir_make_temp("/tmp/test-order", &dir, &err) < 0 || chdir(dir) < 0 ||
	    rk_file_write("old.ko", "", 0, 0600, &err) < 0 ||
	    rk_file_write("b.ko", "", 0, 0600, &err) < 0 ||
	    rk_file_write("a.ko", "", 0, 0600, &err) < 0)
		abort();
	EXPECT_INT(rk_build_list_modules(dir, &modules, &err), 0);
	EXPECT_INT(modules.n_items, 0);
	if (rk_file_write("modules.order", "b.o\ngone.o\na.o\n", 15, 0600, &err) < 0)
		abort();
	EXPECT_INT(rk_build_list_modules(dir, &modules, &err), 0);
	if (EXPECT_INT(modules.n_items, 2)) {
		EXPECT_STR(rk_path_base(modules.items[0]), "a.ko");
		EXPECT_STR(rk_path_base(modules.items[1]), "b.ko");
	}
	if (chdir("/") < 0 || rk_dir_remove(dir, &err) < 0)
		abort();
	free(dir);
}

static const struct test tests[] = {
	TEST(each_form_of_a_line_is_read),
	TEST(an_empty_file_names_none),
	TEST(a_module_named_twice_is_one),
	TEST(what_is_no_module_of_the_folder_is_refused),
	TEST(old_files_that_are_not_named_do_not_count),
};
TAP_MAIN(tests)
