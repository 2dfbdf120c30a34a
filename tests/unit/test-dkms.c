/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "lib/base/file.h"
#include "lib/pipeline/dkms.h"
#include "tests/unit/tap.h"

struct fixture {
	char *dir;
	struct rk_strv paths;
	struct rk_error err;
};

static void setup(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	if (rk_dir_make_temp("/tmp/rk-dkms", &f->dir, &f->err) < 0)
		abort();
}

static void teardown(struct fixture *f)
{
	EXPECT_INT(rk_dir_remove(f->dir, &f->err), 0);
	rk_strv_release(&f->paths);
	free(f->dir);
}
#define cleanup_fixture cleanup(teardown)

/* The files need not be there: the version is given. */
static int write_conf(struct fixture *f, const char *name, const char *version,
		      bool replace, struct rk_dkms_result *result)
{
	const struct rk_dkms_request request = {.dir = f->dir,
						.paths = &f->paths,
						.name = name,
						.version = version,
						.replace = replace};

	return rk_dkms_write(&request, result, &f->err);
}

static void read_conf(const struct fixture *f, struct rk_buf *ret)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_path_join(f->dir, "dkms.conf", &path, &err), 0);
	EXPECT_INT(rk_file_read(path, 1 << 16, ret, &err), 0);
}

static void each_module_has_its_name_and_place(void)
{
	cleanup(rk_dkms_result_release) struct rk_dkms_result result = {0};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_fixture struct fixture f;

	setup(&f);
	rk_strv_addf(&f.paths, "%s/one.ko", f.dir);
	rk_strv_addf(&f.paths, "%s/sub/deep/two-b.ko", f.dir);
	EXPECT_INT(write_conf(&f, "both", "rc1", false, &result), 0);
	read_conf(&f, &text);
	EXPECT_HAS(rk_buf_str(&text), "PACKAGE_NAME=\"both\"\nPACKAGE_VERSION=\"rc1\"\n");
	EXPECT_HAS(rk_buf_str(&text),
		   "BUILT_MODULE_NAME[0]=\"one\"\nBUILT_MODULE_LOCATION[0]=\"\"\n");
	EXPECT_HAS(
		rk_buf_str(&text),
		"BUILT_MODULE_NAME[1]=\"two-b\"\nBUILT_MODULE_LOCATION[1]=\"sub/deep/\"\n");
}

/* dkms appends " LLVM=1" to the command for some kernels: rkmod must not see it. */
static void the_command_survives_what_dkms_appends(void)
{
	cleanup(rk_dkms_result_release) struct rk_dkms_result result = {0};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_fixture struct fixture f;

	setup(&f);
	rk_strv_addf(&f.paths, "%s/one.ko", f.dir);
	EXPECT_INT(write_conf(&f, NULL, "1", false, &result), 0);
	read_conf(&f, &text);
	EXPECT_HAS(rk_buf_str(&text), " . && true\"\n");
	EXPECT_STR(result.name, "one");
}

static void names_that_a_shell_would_read_are_refused(void)
{
	static const char *const names[] = {"",     "a b",  "$(id)", "a\"b",    "../x",
					    ".x",   "-x",   "a/b",   "a;b",     "a`b`",
					    "a\nb", "a\\b", "a'b",   "\xc3\xa4"};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup(rk_dkms_result_release) struct rk_dkms_result first = {0};
		cleanup(rk_dkms_result_release) struct rk_dkms_result second = {0};
		cleanup_fixture struct fixture f;

		setup(&f);
		rk_strv_addf(&f.paths, "%s/one.ko", f.dir);
		EXPECT_INT(write_conf(&f, names[i], "1", false, &first), -RK_EREFUSED);
		EXPECT_STR(f.err.id, "dkms-name");
		EXPECT_INT(write_conf(&f, "x", names[i], false, &second), -RK_EREFUSED);
		EXPECT_STR(f.err.id, "dkms-name");
	}
}

static void modules_that_a_shell_would_read_are_refused(void)
{
	static const char *const names[] = {"a$(id).ko", "a b.ko", "sub dir/a.ko",
					    "a\".ko",    ".ko",    "a.o"};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup(rk_dkms_result_release) struct rk_dkms_result result = {0};
		cleanup_fixture struct fixture f;

		setup(&f);
		rk_strv_addf(&f.paths, "%s/%s", f.dir, names[i]);
		EXPECT_INT(write_conf(&f, "x", "1", false, &result), -RK_EREFUSED);
		EXPECT_STR(f.err.id, "dkms-name");
	}
}

static void a_file_of_the_user_stays(void)
{
	cleanup(rk_dkms_result_release) struct rk_dkms_result first = {0};
	cleanup(rk_dkms_result_release) struct rk_dkms_result again = {0};
	cleanup(rk_dkms_result_release) struct rk_dkms_result other = {0};
	cleanup(rk_dkms_result_release) struct rk_dkms_result forced = {0};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_fixture struct fixture f;

	setup(&f);
	rk_strv_addf(&f.paths, "%s/one.ko", f.dir);
	EXPECT_INT(write_conf(&f, "x", "1", false, &first), 0);
	EXPECT(!first.unchanged);
	EXPECT_INT(write_conf(&f, "x", "1", false, &again), 0);
	EXPECT(again.unchanged);
	EXPECT_INT(write_conf(&f, "x", "2", false, &other), -RK_EREFUSED);
	EXPECT_STR(f.err.id, "dkms-exists");
	EXPECT_INT(write_conf(&f, "x", "2", true, &forced), 0);
	read_conf(&f, &text);
	EXPECT_HAS(rk_buf_str(&text), "PACKAGE_VERSION=\"2\"");
}

static void without_modules_there_is_nothing_to_hand_over(void)
{
	cleanup(rk_dkms_result_release) struct rk_dkms_result result = {0};
	cleanup_fixture struct fixture f;

	setup(&f);
	EXPECT_INT(write_conf(&f, "x", "1", false, &result), -RK_EREFUSED);
	EXPECT_STR(f.err.id, "dkms-nothing");
}

static const struct test tests[] = {
	TEST(each_module_has_its_name_and_place),
	TEST(the_command_survives_what_dkms_appends),
	TEST(names_that_a_shell_would_read_are_refused),
	TEST(modules_that_a_shell_would_read_are_refused),
	TEST(a_file_of_the_user_stays),
	TEST(without_modules_there_is_nothing_to_hand_over),
};

TAP_MAIN(tests)
