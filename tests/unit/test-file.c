/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "lib/base/file.h"
#include "lib/base/machine.h"
#include "tests/unit/tap.h"

static char dir[] = "/tmp/rkmod-test-file-XXXXXX";

static char *in_dir(const char *name)
{
	char *path = NULL;
	struct rk_error err;

	return rk_path_join(dir, name, &path, &err) == 0 ? path : NULL;
}

static void absolute_drops_dots_and_keeps_dotdot(void)
{
	cleanup_free char *path = NULL;
	cleanup_free char *top = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_path_absolute("/a//./b/../c/", &path, &err), 0);
	EXPECT_STR(path, "/a/b/../c");
	EXPECT_INT(rk_path_absolute("//", &top, &err), 0);
	EXPECT_STR(top, "/");
}

static void below_is_by_component(void)
{
	EXPECT(rk_path_is_below("/a/b", "/a"));
	EXPECT(rk_path_is_below("/a", "/a"));
	EXPECT(!rk_path_is_below("/ab", "/a"));
	EXPECT(rk_path_is_below("/ab", "/"));
}

/* What becomes of a path. */
static bool normal_is(const char *path, const char *want)
{
	char copy[64];

	snprintf(copy, sizeof(copy), "%s", path);
	rk_path_normalise(copy);
	return strcmp(copy, want) == 0;
}

static void dots_are_removed_by_text(void)
{
	EXPECT(normal_is("/a/./b/../c", "/a/c"));
	EXPECT(normal_is("/a//b/", "/a/b"));
	EXPECT(normal_is("/../../a", "/a"));
	EXPECT(normal_is("/a/..b/.c", "/a/..b/.c"));
	EXPECT(normal_is("/a/..", ""));
}

static void reading_stops_at_the_limit(void)
{
	cleanup_free char *path = in_dir("limit");
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_buf struct rk_buf again = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_file_write(path, "0123456789", 10, 0644, &err), 0);
	EXPECT_INT(rk_file_read(path, 10, &buf, &err), 0);
	EXPECT_INT(buf.len, 10);
	EXPECT_INT(rk_file_read(path, 9, &again, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "longer than 9 bytes");
}

static void a_failed_write_leaves_no_temporary_file(void)
{
	cleanup_free char *path = in_dir("folder");
	cleanup_free char *inside = in_dir("folder/x");
	cleanup_closedir DIR *entries = NULL;
	const struct dirent *entry;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_make(inside, 0755, &err), 0); /* not empty: rename fails */
	EXPECT_INT(rk_file_write(path, "x", 1, 0644, &err), -RK_ESYS);
	entries = opendir(dir);
	while (entries && (entry = readdir(entries)))
		EXPECT(!strstr(entry->d_name, ".tmp-"));
}

static void the_umask_applies_to_a_written_file(void)
{
	cleanup_free char *path = in_dir("mode");
	struct rk_error err = RK_ERROR_INIT;
	struct stat st = {0};
	mode_t old = umask(027);

	EXPECT_INT(rk_file_write(path, "x", 1, 0666, &err), 0);
	umask(old);
	EXPECT_INT(stat(path, &st), 0);
	EXPECT_INT(st.st_mode & 0777, 0640);
}

static void removal_does_not_follow_links(void)
{
	cleanup_free char *kept = in_dir("kept/file");
	cleanup_free char *kept_dir = in_dir("kept");
	cleanup_free char *gone = in_dir("gone/deeper");
	cleanup_free char *link = in_dir("gone/deeper/link");
	cleanup_free char *gone_top = in_dir("gone");
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_make(kept_dir, 0755, &err), 0);
	EXPECT_INT(rk_file_write(kept, "x", 1, 0644, &err), 0);
	EXPECT_INT(rk_dir_make(gone, 0755, &err), 0);
	EXPECT_INT(symlink("../../kept", link), 0);
	EXPECT_INT(rk_dir_remove(gone_top, &err), 0);
	EXPECT(access(gone_top, F_OK) < 0);
	EXPECT_INT(access(kept, F_OK), 0);
	EXPECT_INT(rk_dir_remove(gone_top, &err),
		   0); /* what is not there is no failure */
}

static void note_waiting(void *data)
{
	*(bool *)data = true;
}

static void a_second_lock_waits_for_the_first(void)
{
	cleanup_free char *path = in_dir("lock");
	struct rk_error err = RK_ERROR_INIT;
	bool waited = false;
	int ready[2];
	int fd = -1;
	int status;
	char c;
	pid_t pid;

	EXPECT_INT(pipe(ready), 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (rk_file_lock(path, NULL, NULL, &fd, &err) < 0 ||
		    write(ready[1], "x", 1) != 1)
			_exit(1);
		usleep(200000);
		_exit(0);
	}
	EXPECT_INT(read(ready[0], &c, 1), 1);
	EXPECT_INT(rk_file_lock(path, note_waiting, &waited, &fd, &err), 0);
	EXPECT(waited);
	EXPECT_INT(waitpid(pid, &status, 0), pid);
	close(fd);
	close(ready[0]);
	close(ready[1]);
}

static void a_folder_that_others_can_write_is_not_private(void)
{
	cleanup_free char *base = in_dir("private");
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_machine_private_dir(base, "sets", &path, &err), 0);
	EXPECT_HAS(path, "/private/sets");
	EXPECT_INT(chmod(base, 0777), 0);
	EXPECT_INT(rk_machine_private_dir(base, "", &path, &err), -RK_EREFUSED);
	EXPECT_STR(err.id, "cache-not-private");
}

static const struct test tests[] = {
	TEST(absolute_drops_dots_and_keeps_dotdot),
	TEST(below_is_by_component),
	TEST(dots_are_removed_by_text),
	TEST(reading_stops_at_the_limit),
	TEST(a_failed_write_leaves_no_temporary_file),
	TEST(the_umask_applies_to_a_written_file),
	TEST(removal_does_not_follow_links),
	TEST(a_second_lock_waits_for_the_first),
	TEST(a_folder_that_others_can_write_is_not_private),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (!mkdtemp(dir))
		return 1;
	status = tap_run(tests, sizeof(tests) / sizeof(tests[0]));
	return rk_dir_remove(dir, &err) < 0 ? 1 : status;
}
