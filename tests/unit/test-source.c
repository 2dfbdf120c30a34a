/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/build/source.h"
#include "tests/unit/tap.h"

static char *place;

static void write_text(const char *path, const char *text)
{
	cleanup_free char *full = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char *slash;

	if (rk_path_join(place, path, &full, &err) < 0)
		abort();
	slash = strrchr(full, '/');
	*slash = '\0';
	if (rk_dir_make(full, 0700, &err) < 0)
		abort();
	*slash = '/';
	if (rk_file_write(full, text, strlen(text), 0600, &err) < 0)
		abort();
}

/* What was added, with blanks between; @place is cut off. */
static const char *joined(const struct rk_strv *strv)
{
	static struct rk_buf text;
	size_t len = strlen(place);

	rk_buf_release(&text);
	for (size_t i = 0; i < strv->n_items; i++) {
		const char *item = strv->items[i];

		rk_buf_addf(&text, "%s%s", i ? " " : "",
			    strncmp(item, place, len) == 0 ? item + len : item);
	}
	return rk_buf_str(&text);
}

static const char *inputs_of(const char *text, size_t size)
{
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (!EXPECT_INT(rk_build_parse_cmd("/r/mod", "/r", text, size, &found, &err), 0))
		return "";
	return joined(&found);
}

static void source_and_dependencies_are_inputs(void)
{
	static const char text[] = "savedcmd_a.o := gcc -c -o a.o a.c\n\n"
				   "source_a.o := a.c\n\n"
				   "deps_a.o := \\\n"
				   "    $(wildcard include/config/SMP) \\\n"
				   "  /usr/src/linux/include/linux/types.h \\\n"
				   "  ./own.h \\\n"
				   "  ../shared/more.h \\\n\n"
				   "a.o: $(deps_a.o)\n\n"
				   "$(deps_a.o):\n";

	EXPECT_STR(inputs_of(text, sizeof(text) - 1), "mod/a.c mod/own.h shared/more.h");
}

/* Before Linux 6.13 make stays in KDIR, and the module's paths are absolute. */
static void absolute_paths_are_inputs_if_they_are_below_the_top(void)
{
	static const char text[] = "source_/r/mod/a.o := /r/mod/a.rs\n"
				   "deps_/r/mod/a.o := \\\n"
				   "  /r/mod/b.rs \\\n  /rest/c.rs \\\n  /r \\\n";

	EXPECT_STR(inputs_of(text, sizeof(text) - 1), "mod/a.rs mod/b.rs");
}

static void paths_that_lead_out_are_none(void)
{
	static const char text[] = "source_a.o := ../../etc/passwd\n"
				   "deps_a.o := \\\n  ../../../../../x \\\n  .. \\\n";

	EXPECT_STR(inputs_of(text, sizeof(text) - 1), "");
}

static void what_is_no_list_is_passed_over(void)
{
	static const char text[] = "deps_a.o := \\\n  a.h\n  b.h\nsource_\nsource_x := ";
	static const char nul[] = "source_a.o := a\0b\n";

	EXPECT_STR(inputs_of(text, sizeof(text) - 1), "mod/a.h");
	EXPECT_STR(inputs_of(nul, sizeof(nul) - 1), "");
	EXPECT_STR(inputs_of("deps_ := \\", 10), "");
	EXPECT_STR(inputs_of("", 0), "");
}

static void inputs_are_read_from_folders_below_too(void)
{
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;

	write_text("in/.a.o.cmd", "source_a.o := a.c\n");
	write_text("in/sub/.b.o.cmd", "source_sub/b.o := sub/b.rs\n");
	write_text("in/c.cmd", "source_c.o := c.c\n");
	if (rk_path_join(place, "in", &dir, &err) < 0)
		abort();
	EXPECT_INT(rk_build_read_inputs(dir, place, &found, &err), 0);
	EXPECT_STR(joined(&found), "in/a.c in/sub/b.rs");
}

static void what_a_link_leads_to_is_an_input(void)
{
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	cleanup_free char *dir = NULL;
	cleanup_free char *link = NULL;
	struct rk_error err = RK_ERROR_INIT;

	write_text("linked/.a.o.cmd", "source_a.o := a.rs\n");
	write_text("shared/real.rs", "");
	if (rk_path_join(place, "linked", &dir, &err) < 0 ||
	    rk_path_join(place, "linked/a.rs", &link, &err) < 0 ||
	    symlink("../shared/real.rs", link) < 0)
		abort();
	EXPECT_INT(rk_build_read_inputs(dir, place, &found, &err), 0);
	EXPECT_STR(joined(&found), "linked/a.rs shared/real.rs");
}

static void a_link_or_a_pipe_is_no_record(void)
{
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	cleanup_free char *dir = NULL;
	cleanup_free char *link = NULL;
	cleanup_free char *pipe = NULL;
	struct rk_error err = RK_ERROR_INIT;

	write_text("strange/a.c", "");
	write_text("strange/record", "source_a.o := a.c\n");
	if (rk_path_join(place, "strange", &dir, &err) < 0 ||
	    rk_path_join(dir, ".a.o.cmd", &link, &err) < 0 ||
	    rk_path_join(dir, ".b.o.cmd", &pipe, &err) < 0 ||
	    symlink("record", link) < 0 || mkfifo(pipe, 0600) < 0)
		abort();
	EXPECT_INT(rk_build_read_inputs(dir, place, &found, &err), -RK_ENOTFOUND);
}

static void a_folder_where_nothing_was_built_is_said(void)
{
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;

	write_text("bare/a.c", "");
	if (rk_path_join(place, "bare", &dir, &err) < 0)
		abort();
	EXPECT_INT(rk_build_read_inputs(dir, place, &found, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "nothing was built in");
}

static const char *folders(const char *const *paths)
{
	cleanup_strv struct rk_strv list = RK_STRV_INIT;
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	static struct rk_error err;

	for (; *paths; paths++)
		rk_strv_add(&list, *paths);
	if (rk_build_find_folders(place, &list, &found, &err) < 0)
		return err.id;
	return joined(&found);
}

static void folders_with_objects_are_found_and_those_below_are_kbuild_s(void)
{
	static const char *const paths[] = {
		"Makefile",     "one/Kbuild", "one/sub/Kbuild", "two/Makefile", "two/x.c",
		"three/Kbuild", NULL};

	write_text("Makefile", "all:\n\tmake -C /lib/modules/x/build M=$(PWD)/one\n");
	write_text("one/Kbuild", "# objects\n  obj-m := a.o sub/\n");
	write_text("one/sub/Kbuild", "obj-m := b.o\n");
	write_text("two/Makefile", "obj-$(CONFIG_TWO) += two.o\n");
	write_text("three/Kbuild", "ccflags-y := -DX\n");
	EXPECT_STR(folders(paths), "/one /two");
}

static void a_makefile_beside_a_kbuild_does_not_count(void)
{
	static const char *const paths[] = {"four/Kbuild", "four/Makefile", NULL};

	write_text("four/Kbuild", "# nothing\n");
	write_text("four/Makefile", "obj-m := a.o\n");
	EXPECT_STR(folders(paths), "no-kbuild");
}

static void the_top_itself_can_be_the_folder(void)
{
	static const char *const paths[] = {"Kbuild", "sub/Kbuild", NULL};

	write_text("Kbuild", "obj-m := top.o\n");
	write_text("sub/Kbuild", "obj-m := sub.o\n");
	EXPECT_STR(folders(paths), "");
}

static void makefiles_and_headers_are_known_by_name(void)
{
	EXPECT(rk_build_is_makefile("a/Kbuild"));
	EXPECT(rk_build_is_makefile("Makefile.local"));
	EXPECT(rk_build_is_makefile("rules.mk"));
	EXPECT(!rk_build_is_makefile("Kbuild/a.c"));
	EXPECT(rk_build_is_header("a/b.h"));
	EXPECT(!rk_build_is_header("a.hpp"));
}

static const struct test tests[] = {
	TEST(source_and_dependencies_are_inputs),
	TEST(absolute_paths_are_inputs_if_they_are_below_the_top),
	TEST(paths_that_lead_out_are_none),
	TEST(what_is_no_list_is_passed_over),
	TEST(inputs_are_read_from_folders_below_too),
	TEST(what_a_link_leads_to_is_an_input),
	TEST(a_link_or_a_pipe_is_no_record),
	TEST(a_folder_where_nothing_was_built_is_said),
	TEST(folders_with_objects_are_found_and_those_below_are_kbuild_s),
	TEST(a_makefile_beside_a_kbuild_does_not_count),
	TEST(the_top_itself_can_be_the_folder),
	TEST(makefiles_and_headers_are_known_by_name),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (rk_dir_make_temp("/tmp/test-source", &place, &err) < 0)
		return 1;
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	joined(&(struct rk_strv)RK_STRV_INIT);
	if (rk_dir_remove(place, &err) < 0)
		return 1;
	free(place);
	return status;
}
