/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/prune.h"
#include "tests/unit/tap.h"

enum { DAY = 24 * 60 * 60, MAX_AGE = 90 * DAY };

static char *place;

static void fresh_place(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_dir_remove(place, &err) < 0 || mkdir(place, 0700) < 0)
		abort();
}

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", place, name);
	return path;
}

/* A file that was changed so many days ago; a folder, if the name ends in '/'. */
static void put(const char *name, long days)
{
	const struct timespec then = {.tv_sec = time(NULL) - days * DAY};
	const struct timespec times[2] = {then, then};
	const char *path = path_of(name);
	int r;

	if (path[strlen(path) - 1] == '/')
		r = mkdir(path, 0700);
	else
		r = close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	if (r < 0 || utimensat(AT_FDCWD, path, times, 0) < 0)
		abort();
}

static bool is_there(const char *name)
{
	struct stat st;

	return lstat(path_of(name), &st) == 0;
}

static void what_is_older_goes(void)
{
	const struct rk_prune prune = {.dir = place, .max_age = MAX_AGE};

	fresh_place();
	put("old", 91);
	put("folder/", 5);
	put("folder/file", 200);
	put("old-folder/", 91);
	put("young", 89);
	put("of-the-future", -500);
	rk_prune(&prune);
	EXPECT(!is_there("old") && !is_there("old-folder"));
	EXPECT(is_there("folder/file") && is_there("young") && is_there("of-the-future"));
}

static void of_too_many_the_oldest_go(void)
{
	const struct rk_prune prune = {.dir = place, .max_age = MAX_AGE, .max_items = 2};

	fresh_place();
	put("b", 2);
	put("c", 3);
	put("a", 1);
	put("z", 100);
	rk_prune(&prune);
	EXPECT(is_there("a") && is_there("b") && !is_there("c") && !is_there("z"));
	rk_prune(&prune);
	EXPECT(is_there("a") && is_there("b"));
}

static bool is_log(const char *name)
{
	return strncmp(name, "log", 3) == 0;
}

static void what_is_not_concerned_stays_and_does_not_count(void)
{
	const struct rk_prune prune = {
		.dir = place, .concerns = is_log, .max_age = MAX_AGE, .max_items = 1};

	fresh_place();
	put("log1", 1);
	put("log2", 2);
	put("lock", 400);
	rk_prune(&prune);
	EXPECT(is_there("log1") && !is_there("log2") && is_there("lock"));
}

static void leave(const char *dir, const char *name)
{
	if (strcmp(name, "b") != 0)
		unlink(path_of(name));
}

static void who_removes_may_leave_one(void)
{
	const struct rk_prune prune = {.dir = place, .remove = leave, .max_age = DAY};

	fresh_place();
	put("a", 2);
	put("b", 3);
	rk_prune(&prune);
	EXPECT(!is_there("a") && is_there("b"));
}

static void links_are_removed_not_followed(void)
{
	const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	const struct rk_prune prune = {.dir = place, .max_age = DAY};

	fresh_place();
	put("target/", 0);
	put("target/file", 0);
	if (symlink("target", path_of("link")) < 0 ||
	    utimensat(AT_FDCWD, path_of("link"), times, AT_SYMLINK_NOFOLLOW) < 0)
		abort();
	rk_prune(&prune);
	EXPECT(!is_there("link") && is_there("target/file"));
}

static void what_is_touched_is_young(void)
{
	const struct rk_prune prune = {.dir = place, .max_age = DAY};

	fresh_place();
	put("used", 50);
	rk_prune_touch(path_of("used"));
	rk_prune(&prune);
	EXPECT(is_there("used"));
}

static void a_folder_that_is_not_there_is_no_failure(void)
{
	const struct rk_prune prune = {.dir = "/nonexistent/folder", .max_items = 1};

	rk_prune(&prune);
	rk_prune_touch("/nonexistent/folder");
	EXPECT(true);
}

static const struct test tests[] = {
	TEST(what_is_older_goes),
	TEST(of_too_many_the_oldest_go),
	TEST(what_is_not_concerned_stays_and_does_not_count),
	TEST(who_removes_may_leave_one),
	TEST(links_are_removed_not_followed),
	TEST(what_is_touched_is_young),
	TEST(a_folder_that_is_not_there_is_no_failure),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	char template[] = "/tmp/rkmod-prune.XXXXXX";
	int status;

	place = mkdtemp(template);
	if (!place)
		abort();
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	if (rk_dir_remove(place, &err) < 0)
		return 1;
	return status;
}
