/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/root/root.h"
#include "lib/root/sandbox.h"
#include "tests/unit/tap.h"

/* A small tree in a temporary folder; beside it a file that no look-up may reach. */
struct fake {
	char *dir;
	struct rk_root *root;
	struct rk_machine machine;
	struct rk_error err;
};

static void put(const struct fake *fake, const char *path, const char *text)
{
	cleanup_free char *full = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char *slash;

	EXPECT_INT(rk_format(&full, &err, "%s/%s", fake->dir, path), 0);
	slash = strrchr(full, '/');
	*slash = '\0';
	EXPECT_INT(rk_dir_make(full, 0755, &err), 0);
	*slash = '/';
	EXPECT_INT(rk_file_write(full, text, strlen(text), 0755, &err), 0);
}

static void put_link(const struct fake *fake, const char *path, const char *target)
{
	cleanup_free char *full = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_format(&full, &err, "%s/%s", fake->dir, path), 0);
	EXPECT_INT(symlink(target, full), 0);
}

static void setup(struct fake *fake)
{
	cleanup_free char *temp = NULL;

	memset(fake, 0, sizeof(*fake));
	EXPECT_INT(rk_dir_make_temp("/tmp/rkmod-test-root", &temp, &fake->err), 0);
	EXPECT_INT(rk_path_real(temp, &fake->dir, &fake->err), 0);
	EXPECT_INT(rk_strdup(fake->dir, &fake->machine.data_dir, &fake->err), 0);
	put(fake, "secret", "of the host");
	put(fake, "roots/one/tree/usr/bin/tool", "#!");
	put(fake, "roots/one/tree/usr/share/plain", "text");
	put(fake, "roots/one/tree/etc/name", "inside");
	put(fake, "roots/one/tree/var/tmp/kept", "");
	put_link(fake, "roots/one/tree/bin", "usr/bin");
	put_link(fake, "roots/one/tree/etc/absolute", "/etc/name");
	put_link(fake, "roots/one/tree/etc/up", "../../../../../etc/name");
	put_link(fake, "roots/one/tree/etc/escape", "../../../../secret");
	put_link(fake, "roots/one/tree/etc/host", fake->dir);
	EXPECT_INT(rk_root_open(&fake->machine, "one", &fake->root, &fake->err), 0);
}

static void teardown(struct fake *fake)
{
	rk_root_free(fake->root);
	EXPECT_INT(rk_dir_remove(fake->dir, &fake->err), 0);
	free(fake->dir);
	free(fake->machine.data_dir);
}

static void expect_text(const struct fake *fake, const char *path, const char *text)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_root_read(fake->root, path, 100, &buf, &err), 0);
	EXPECT_STR(rk_buf_str(&buf), text);
}

static void links_of_a_tree_stay_inside(void)
{
	cleanup_free char *outside = NULL;
	cleanup_free char *real = NULL;
	struct fake fake;

	setup(&fake);
	expect_text(&fake, "/etc/absolute", "inside");
	expect_text(&fake, "/etc/up", "inside");
	expect_text(&fake, "/../../etc/name", "inside");
	EXPECT(!rk_root_exists(fake.root, "/etc/escape"));
	EXPECT(!rk_root_exists(fake.root, "/etc/host"));
	EXPECT(!rk_root_exists(fake.root, "/etc/host/secret"));
	EXPECT_INT(rk_format(&outside, &fake.err, "%s/secret", fake.dir), 0);
	EXPECT(!rk_root_exists(fake.root, outside));
	EXPECT(!rk_root_exists(fake.root, "../../../secret"));
	EXPECT_INT(rk_root_real(fake.root, "/bin/../../bin/tool", &real, &fake.err), 0);
	EXPECT_STR(real, "/usr/bin/tool");
	teardown(&fake);
}

static void real_and_host_path_of_the_top(void)
{
	cleanup_free char *real = NULL;
	cleanup_free char *host = NULL;
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_root_real(fake.root, "/", &real, &fake.err), 0);
	EXPECT_STR(real, "/");
	EXPECT_INT(rk_root_host_path(fake.root, "/etc/name", &host, &fake.err), 0);
	EXPECT_HAS(host, "/roots/one/tree/etc/name");
	teardown(&fake);
}

static void messages_name_path_and_tree(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_root_read(fake.root, "/etc/none", 9, &buf, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "'/etc/none' in root tree 'one'");
	EXPECT_INT(rk_root_read(fake.root, "/etc", 9, &buf, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "'/etc' in root tree 'one': not a regular file");
	EXPECT_INT(rk_root_read(fake.root, "/etc/name", 5, &buf, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "longer than 5 bytes");
	teardown(&fake);
}

static void a_fifo_is_refused_and_not_waited_for(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_root_host_path(fake.root, "/etc/fifo", &path, &err), 0);
	EXPECT_INT(mkfifo(path, 0644), 0);
	EXPECT_INT(rk_root_read(fake.root, "/etc/fifo", 9, &buf, &err), -RK_EFORMAT);
	teardown(&fake);
}

static void readlink_gives_the_text_and_refuses_files(void)
{
	cleanup_free char *text = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_root_readlink(fake.root, "/etc/absolute", &text, &err), 0);
	EXPECT_STR(text, "/etc/name");
	EXPECT_INT(rk_root_readlink(fake.root, "/etc/name", &text, &err), -RK_EFORMAT);
	EXPECT_INT(rk_root_readlink(fake.root, "/etc/none", &text, &err), -RK_ENOTFOUND);
	teardown(&fake);
}

static void lists_a_folder_sorted(void)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_root_list_dir(fake.root, "/", &names, &fake.err), 0);
	EXPECT_INT(names.n_items, 4);
	EXPECT_STR(names.items[0], "bin");
	EXPECT_STR(names.items[3], "var");
	teardown(&fake);
}

static void finds_programs_by_the_trees_usual_path(void)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_root_find_program(fake.root, "tool", &path, &err), 0);
	EXPECT_STR(path, "/usr/bin/tool");
	EXPECT_INT(rk_root_find_program(fake.root, "sh", &path, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "'sh' in root tree 'one'");
	teardown(&fake);
}

static void names_that_are_no_names_are_refused(void)
{
	static const char *const bad[] = {"..", ".", "-x", ".one.tmp-abc", "a b", "a\n"};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_root *root = NULL;
	struct fake fake;

	setup(&fake);
	for (size_t i = 0; i < RK_ARRAY_LEN(bad); i++) {
		EXPECT(!rk_root_name_is_valid(bad[i]));
		EXPECT_INT(rk_root_open(&fake.machine, bad[i], &root, &err),
			   -RK_ENOTFOUND);
		EXPECT_STR(err.id, "root-missing");
	}
	EXPECT(rk_root_name_is_valid("deb13-cloud_1.2+x"));
	teardown(&fake);
}

static void missing_and_invalid_trees_have_a_cure(void)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_root *root = NULL;
	cleanup_free char *path = NULL;
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_root_open(&fake.machine, "two", &root, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.cure, "rkmod root create two");
	EXPECT_INT(rk_root_host_path(fake.root, "/etc", &path, &err), 0);
	EXPECT_INT(rk_root_open(&fake.machine, path, &root, &err), -RK_EREFUSED);
	EXPECT_HAS(err.msg, "no folder 'usr'");
	teardown(&fake);
}

static void no_name_and_slash_are_the_hosts_own_root(void)
{
	static const char *const names[] = {NULL, "", "/", "//./"};
	struct rk_machine machine = {0};
	struct rk_error err = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup(rk_root_free_p) struct rk_root *root = NULL;

		EXPECT_INT(rk_root_open(&machine, names[i], &root, &err), 0);
		EXPECT(root && root->is_host);
		EXPECT_STR(root ? root->name : NULL, "");
	}
}

/* True if the options hold these three in a row. */
static bool has_option(const struct rk_strv *args, const char *option, const char *first,
		       const char *second)
{
	for (size_t i = 0; i + 1 < args->n_items; i++)
		if (strcmp(args->items[i], option) == 0 &&
		    strcmp(args->items[i + 1], first) == 0 &&
		    (!second ||
		     (i + 2 < args->n_items && strcmp(args->items[i + 2], second) == 0)))
			return true;
	return false;
}

static void sandbox_binds_entries_and_makes_links_again(void)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	cleanup_free char *usr = NULL;
	struct fake fake;

	setup(&fake);
	put(&fake, "roots/one/tree/dev/null", "must not be seen");
	EXPECT_INT(rk_root_host_path(fake.root, "/usr", &usr, &fake.err), 0);
	EXPECT_INT(rk_sandbox_arguments(fake.root, NULL, 0, &args, &fake.err), 0);
	EXPECT(has_option(&args, "--ro-bind", usr, "/usr"));
	EXPECT(has_option(&args, "--symlink", "usr/bin", "/bin"));
	EXPECT(has_option(&args, "--dev", "/dev", NULL));
	EXPECT(!rk_strv_contains(&args, "--bind"));
	for (size_t i = 0; i < args.n_items; i++)
		EXPECT(!strstr(args.items[i], "tree/dev"));
	teardown(&fake);
}

/* bwrap could not make /usr/share/x/y in a read-only /usr. */
static void sandbox_opens_the_folder_where_a_bind_has_no_place(void)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	cleanup_free char *plain = NULL;
	struct fake fake;
	struct rk_root_bind binds[] = {
		{.inside = "/usr/share/x/y", .writable = true},
		{.inside = "/bin/more"},
		{.inside = "/nowhere/in/tree"},
	};

	setup(&fake);
	for (size_t i = 0; i < RK_ARRAY_LEN(binds); i++)
		binds[i].host_path = fake.dir;
	EXPECT_INT(rk_root_host_path(fake.root, "/usr/share/plain", &plain, &fake.err),
		   0);
	EXPECT_INT(rk_sandbox_arguments(fake.root, binds, RK_ARRAY_LEN(binds), &args,
					&fake.err),
		   0);
	EXPECT(has_option(&args, "--tmpfs", "/usr/share", NULL));
	EXPECT(has_option(&args, "--ro-bind", plain, "/usr/share/plain"));
	EXPECT(has_option(&args, "--bind", fake.dir, "/usr/share/x/y"));
	EXPECT(has_option(&args, "--tmpfs", "/usr/bin", NULL));
	EXPECT(has_option(&args, "--ro-bind", fake.dir, "/usr/bin/more"));
	EXPECT(!has_option(&args, "--tmpfs", "/", NULL));
	teardown(&fake);
}

static void sandbox_refuses_binds_without_a_source_or_a_place(void)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	struct rk_root_bind missing = {.host_path = "/nonexistent/x"};
	struct rk_root_bind relative = {.host_path = "x"};
	struct fake fake;

	setup(&fake);
	EXPECT_INT(rk_sandbox_arguments(fake.root, &missing, 1, &args, &fake.err),
		   -RK_ENOTFOUND);
	EXPECT_INT(rk_sandbox_arguments(fake.root, &relative, 1, &args, &fake.err),
		   -RK_EFORMAT);
	teardown(&fake);
}

static void the_hosts_own_root_runs_plainly_without_gits_variables(void)
{
	cleanup(rk_root_free_p) struct rk_root *root = NULL;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *out = NULL;
	struct rk_machine machine = {0};
	struct rk_error err = RK_ERROR_INIT;

	setenv("GIT_DIR", "/somewhere", 1);
	setenv("RK_TEST_KEPT", "yes", 1);
	EXPECT_INT(rk_root_open(&machine, NULL, &root, &err), 0);
	rk_strv_add_all(&argv, "sh", "-c", "echo $GIT_DIR$RK_TEST_KEPT", NULL);
	EXPECT_INT(rk_root_capture(root, &argv, &out, &err), 0);
	EXPECT_STR(out, "yes");
}

static void a_failing_program_is_a_tool_error_with_its_last_line(void)
{
	cleanup(rk_root_free_p) struct rk_root *root = NULL;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *out = NULL;
	struct rk_machine machine = {0};
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_root_open(&machine, NULL, &root, &err), 0);
	rk_strv_add_all(&argv, "sh", "-c", "echo one >&2; echo two >&2; exit 7", NULL);
	EXPECT_INT(rk_root_capture(root, &argv, &out, &err), -RK_ETOOL);
	EXPECT_HAS(err.msg, "'sh' ended with status 7: two");
}

/* Runs a shell line confined in the host's own root; false where bubblewrap cannot work,
 * as in some containers: then there is nothing to test. */
static bool run_confined(const char *line, const char *writable, int timeout_ms,
			 struct rk_spawn_result *result)
{
	cleanup(rk_root_free_p) struct rk_root *root = NULL;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	struct rk_machine machine = {0};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_root_bind bind = {.host_path = writable, .writable = true};
	struct rk_root_run run = {.argv = &argv,
				  .cwd = writable,
				  .binds = &bind,
				  .n_binds = 1,
				  .confine = true,
				  .spawn = {.stdin_fd = -1,
					    .output = RK_SPAWN_CAPTURE,
					    .timeout_ms = timeout_ms}};

	EXPECT_INT(rk_root_open(&machine, NULL, &root, &err), 0);
	rk_strv_add_all(&argv, "sh", "-c", line, NULL);
	if (rk_root_run(root, &run, result, &err) == 0)
		return true;
	EXPECT_INT(err.code, RK_ETOOL);
	EXPECT(err.id && strncmp(err.id, "bwrap-", 6) == 0);
	printf("# not tested: %s\n", err.msg);
	return false;
}

static void a_confined_program_writes_only_where_it_may(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_make_temp("/tmp/rkmod-test-confined", &dir, &err), 0);
	if (run_confined("pwd; echo here >file; echo no >/usr/rkmod-test; exit 7", dir, 0,
			 &result)) {
		EXPECT_INT(result.status, 7);
		EXPECT_HAS(rk_buf_str(&result.out), dir);
		EXPECT_HAS(rk_buf_str(&result.err), "Read-only file system");
		EXPECT_INT(rk_dir_remove("/usr/rkmod-test", &err), 0);
	}
	EXPECT_INT(rk_dir_remove(dir, &err), 0);
}

static void a_confined_program_may_clean_up_when_it_is_ended(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_make_temp("/tmp/rkmod-test-confined", &dir, &err), 0);
	if (run_confined("trap 'echo cleaned; exit 5' TERM; sleep 30 & wait", dir, 700,
			 &result)) {
		EXPECT(result.timed_out);
		EXPECT_HAS(rk_buf_str(&result.out), "cleaned");
	}
	EXPECT_INT(rk_dir_remove(dir, &err), 0);
}

static const struct test tests[] = {
	TEST(links_of_a_tree_stay_inside),
	TEST(real_and_host_path_of_the_top),
	TEST(messages_name_path_and_tree),
	TEST(a_fifo_is_refused_and_not_waited_for),
	TEST(readlink_gives_the_text_and_refuses_files),
	TEST(lists_a_folder_sorted),
	TEST(finds_programs_by_the_trees_usual_path),
	TEST(names_that_are_no_names_are_refused),
	TEST(missing_and_invalid_trees_have_a_cure),
	TEST(no_name_and_slash_are_the_hosts_own_root),
	TEST(sandbox_binds_entries_and_makes_links_again),
	TEST(sandbox_opens_the_folder_where_a_bind_has_no_place),
	TEST(sandbox_refuses_binds_without_a_source_or_a_place),
	TEST(the_hosts_own_root_runs_plainly_without_gits_variables),
	TEST(a_failing_program_is_a_tool_error_with_its_last_line),
	TEST(a_confined_program_writes_only_where_it_may),
	TEST(a_confined_program_may_clean_up_when_it_is_ended),
};
TAP_MAIN(tests)
