/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/load/status.h"
#include "tests/unit/tap.h"

/* The note of build-id 01020304. */
static const unsigned char note[] = {4, 0, 0,   0,   4,   0, 0, 0, 3, 0,
				     0, 0, 'G', 'N', 'U', 0, 1, 2, 3, 4};

static char *top;
static struct rk_machine machine;

static void put(const char *name, const void *data, size_t size)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = NULL;
	char *slash;

	EXPECT_INT(rk_path_join(top, name, &path, &err), 0);
	slash = strrchr(path, '/');
	*slash = '\0';
	EXPECT_INT(rk_dir_make(path, 0755, &err), 0);
	*slash = '/';
	EXPECT_INT(rk_file_write(path, data, size, 0644, &err), 0);
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static void reads_what_sysfs_tells(void)
{
	cleanup(rk_status_release) struct rk_status status = {0};
	struct rk_error err = RK_ERROR_INIT;

	put_text("module/my_mod/initstate", "live\n");
	put_text("module/my_mod/taint", "OE\n");
	put_text("module/my_mod/coresize", "16384\n");
	put_text("module/my_mod/refcnt", "2\n");
	put_text("module/my_mod/holders/other/x", "");
	put_text("module/my_mod/holders/another/x", "");
	put_text("module/my_mod/parameters/b", "Y\n");
	put_text("module/my_mod/parameters/a", "7\n");
	put("module/my_mod/notes/.note.gnu.build-id", note, sizeof(note));
	if (!EXPECT_INT(rk_status_read(&machine, "my-mod", &status, &err), 0))
		return;
	EXPECT_STR(status.name, "my_mod");
	EXPECT_STR(status.state, "live");
	EXPECT_INT(status.size, 16384);
	EXPECT_INT(status.references, 2);
	EXPECT_INT(status.holders.n_items, 2);
	EXPECT_STR(status.holders.items[0], "another");
	EXPECT_INT(status.parameters.n_items, 2);
	EXPECT_STR(status.parameters.items[0], "a=7");
	EXPECT_STR(status.taint, "OE");
	EXPECT_STR(status.build_id, "01020304");
}

static void a_damaged_note_is_no_build_id(void)
{
	cleanup(rk_status_release) struct rk_status status = {0};
	struct rk_error err = RK_ERROR_INIT;
	unsigned char bad[sizeof(note)];

	memcpy(bad, note, sizeof(note));
	bad[4] = 200; /* longer than there is */
	put_text("module/bad/initstate", "live\n");
	put("module/bad/notes/.note.gnu.build-id", bad, sizeof(bad));
	EXPECT_INT(rk_status_read(&machine, "bad", &status, &err), 0);
	EXPECT_STR(status.build_id, "");
	EXPECT_INT(status.references, -1);
}

static void what_is_built_in_is_not_loaded(void)
{
	cleanup(rk_status_release) struct rk_status status = {0};
	struct rk_error err = RK_ERROR_INIT;

	put_text("module/built_in/parameters/x", "1\n");
	EXPECT_INT(rk_status_read(&machine, "built_in", &status, &err), -RK_ENOTFOUND);
	EXPECT_STR(err.id, "module-not-loaded");
	EXPECT_INT(rk_status_read(&machine, "../module/my_mod", &status, &err),
		   -RK_ENOTFOUND);
}

static void lists_modules_that_are_not_the_kernels(void)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_strv struct rk_strv all = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	put_text("module/intree/initstate", "live\n");
	put_text("module/intree/taint", "\n");
	put_text("module/foreign/initstate", "live\n");
	put_text("module/foreign/taint", "O\n");
	EXPECT_INT(rk_status_list(&machine, false, &names, &err), 0);
	EXPECT(rk_strv_contains(&names, "foreign"));
	EXPECT(!rk_strv_contains(&names, "intree"));
	EXPECT_INT(rk_status_list(&machine, true, &all, &err), 0);
	EXPECT(rk_strv_contains(&all, "intree"));
	EXPECT(!rk_strv_contains(&all, "built_in"));
}

static const struct test tests[] = {
	TEST(reads_what_sysfs_tells),
	TEST(a_damaged_note_is_no_build_id),
	TEST(what_is_built_in_is_not_loaded),
	TEST(lists_modules_that_are_not_the_kernels),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (rk_dir_make_temp("/tmp/rkmod-test-status", &top, &err) < 0)
		return 1;
	machine.sys_dir = top;
	machine.state_dir = top;
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	if (rk_dir_remove(top, &err) < 0)
		status = 1;
	free(top);
	return status;
}
